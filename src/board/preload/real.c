#include "real.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

void *real_function(void *_Atomic *found, const char *name) {
  void *function = *found;
  if (function != NULL) return function;
  function = dlsym(RTLD_NEXT, name);
  if (function == NULL) {
    fprintf(stderr, "emu board: this C library has no %s\n", name);
    abort();
  }
  *found = function;
  return function;
}
