/* Makes the system calls that its arguments name, one after the other, and says what came of each. */
#include "steps.h"

#include <sys/wait.h>
#include <unistd.h>

int descriptor = -1;

void print_result(const char *name, long result) {
  if (result < 0) printf("%s %s\n", name, strerrorname_np(errno));
  else printf("%s %ld\n", name, result);
}

void print_bytes(const uint8_t *bytes, size_t count) {
  for (size_t i = 0; i < count; i++) printf("%02x", bytes[i]);
  printf("\n");
}

size_t parse_bytes(const char *text, uint8_t *bytes, size_t size) {
  size_t count = 0;
  unsigned byte;
  for (; count < size && sscanf(text + 2 * count, "%2x", &byte) == 1; count++) bytes[count] = (uint8_t)byte;
  return count;
}

static const struct step *find(const char *name) {
  const struct step *groups[] = {FILE_STEPS, STREAM_STEPS, POINTER_STEPS, I2C_STEPS, SERIAL_STEPS};
  for (size_t i = 0; i < sizeof groups / sizeof *groups; i++) {
    for (const struct step *step = groups[i]; step->name != NULL; step++) {
      if (strcmp(step->name, name) == 0) return step;
    }
  }
  fprintf(stderr, "no step %s\n", name);
  exit(2);
}

int main(int count, char **arguments) {
  setvbuf(stdout, NULL, _IONBF, 0);
  for (int i = 1; i < count;) {
    const struct step *step = find(arguments[i]);
    step->run(arguments + i + 1);
    i += 1 + step->arguments;
  }
  return 0;
}
