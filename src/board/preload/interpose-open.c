#include "descriptors.h"
#include "paths.h"
#include "real.h"

#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

/* What fortified programs call for an open without a mode (glibc's <bits/fcntl2.h>). */
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int __openat_2(int directory, const char *path, int flags);
int __openat64_2(int directory, const char *path, int flags);

#ifndef __GLIBC__
/* musl has these names for programs that were linked against glibc. */
#undef open64
#undef openat64
#undef creat64
int open64(const char *path, int flags, ...);
int openat64(int directory, const char *path, int flags, ...);
int creat64(const char *path, mode_t mode);
#endif

static bool has_mode(int flags) {
  return (flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE;
}

#define MODE(flags)                                             \
  (__extension__({                                              \
    mode_t mode = 0;                                            \
    if (has_mode(flags)) {                                      \
      va_list rest;                                             \
      va_start(rest, flags);                                    \
      mode = va_arg(rest, mode_t);                              \
      va_end(rest);                                             \
    }                                                           \
    mode;                                                       \
  }))

#define OPEN_BOARD(directory, path, flags)                      \
  do {                                                          \
    struct place place;                                         \
    enum links links = (flags) & O_NOFOLLOW ? NO_FOLLOW : FOLLOW; \
    if (place_of_path(directory, path, links, &place)) return open_device(&place, flags); \
  } while (0)

INTERPOSED int open(const char *path, int flags, ...) {
  OPEN_BOARD(AT_FDCWD, path, flags);
  return REAL(open)(path, flags, MODE(flags));
}

INTERPOSED int open64(const char *path, int flags, ...) {
  OPEN_BOARD(AT_FDCWD, path, flags);
  return REAL(open64)(path, flags, MODE(flags));
}

INTERPOSED int openat(int directory, const char *path, int flags, ...) {
  OPEN_BOARD(directory, path, flags);
  return REAL(openat)(directory, path, flags, MODE(flags));
}

INTERPOSED int openat64(int directory, const char *path, int flags, ...) {
  OPEN_BOARD(directory, path, flags);
  return REAL(openat64)(directory, path, flags, MODE(flags));
}

INTERPOSED int __open_2(const char *path, int flags) {
  OPEN_BOARD(AT_FDCWD, path, flags);
  return REAL(__open_2)(path, flags);
}

INTERPOSED int __open64_2(const char *path, int flags) {
  OPEN_BOARD(AT_FDCWD, path, flags);
  return REAL(__open64_2)(path, flags);
}

INTERPOSED int __openat_2(int directory, const char *path, int flags) {
  OPEN_BOARD(directory, path, flags);
  return REAL(__openat_2)(directory, path, flags);
}

INTERPOSED int __openat64_2(int directory, const char *path, int flags) {
  OPEN_BOARD(directory, path, flags);
  return REAL(__openat64_2)(directory, path, flags);
}

/* libc makes of these an open of its own, which would make a file of this name. */
INTERPOSED int creat(const char *path, mode_t mode) {
  OPEN_BOARD(AT_FDCWD, path, O_WRONLY);
  return REAL(creat)(path, mode);
}

INTERPOSED int creat64(const char *path, mode_t mode) {
  OPEN_BOARD(AT_FDCWD, path, O_WRONLY);
  return REAL(creat64)(path, mode);
}
