/* The serial console is standard output. */
#include <stdio.h>

#include "../core/port.h"

void port_print(const char *line) {
  /* One call, so that lines of two tasks do not mix (POSIX: each call locks the stream). */
  (void)printf("%s\n", line);
  (void)fflush(stdout);
}
