#ifndef REAL_H
#define REAL_H

/* Everything is hidden but what is interposed. */
#define INTERPOSED __attribute__((visibility("default")))

/* The next definition of `name` after this library's, as a rule libc's; `found` keeps it. */
void *real_function(void *_Atomic *found, const char *name);

#define REAL(name)                                              \
  (__extension__({                                              \
    static void *_Atomic found;                                 \
    (__typeof__(&(name)))real_function(&found, #name);          \
  }))

#endif
