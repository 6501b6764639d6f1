#include "descriptors.h"
#include "real.h"

#include <fcntl.h>
#include <stdarg.h>
#include <unistd.h>

#ifndef __GLIBC__
#undef fcntl64
int fcntl64(int fd, int command, ...);
#endif

static int copied(int from, int to) {
  if (to >= 0) copy_descriptor(from, to);
  return to;
}

INTERPOSED int close(int fd) {
  forget_descriptor(fd);
  return REAL(close)(fd);
}

INTERPOSED int dup(int fd) {
  return copied(fd, REAL(dup)(fd));
}

INTERPOSED int dup2(int from, int to) {
  return copied(from, REAL(dup2)(from, to));
}

INTERPOSED int dup3(int from, int to, int flags) {
  return copied(from, REAL(dup3)(from, to, flags));
}

/* Each argument of fcntl fits into a pointer. */
#define ARGUMENT(last)                                          \
  (__extension__({                                              \
    va_list rest;                                               \
    va_start(rest, last);                                       \
    void *argument = va_arg(rest, void *);                      \
    va_end(rest);                                               \
    argument;                                                   \
  }))

/* The flags that a descriptor was opened with. What stands for it is open for both ways. */
static int with_access(int fd, int flags) {
  struct device *device = flags < 0 ? NULL : hold_device(fd);
  if (device == NULL) return flags;
  int answer = (flags & ~O_ACCMODE) | device->access;
  release_device(device);
  return answer;
}

static int controlled(int fd, int command, int result) {
  if (command == F_GETFL) return with_access(fd, result);
  return command == F_DUPFD || command == F_DUPFD_CLOEXEC ? copied(fd, result) : result;
}

INTERPOSED int fcntl(int fd, int command, ...) {
  return controlled(fd, command, REAL(fcntl)(fd, command, ARGUMENT(command)));
}

INTERPOSED int fcntl64(int fd, int command, ...) {
  return controlled(fd, command, REAL(fcntl64)(fd, command, ARGUMENT(command)));
}
