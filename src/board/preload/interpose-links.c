#include "memory.h"
#include "paths.h"
#include "real.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where links and names lead: for a program that asks before it opens. */

/* What fortified programs call when the size of the buffer is known. */
char *__realpath_chk(const char *path, char *resolved, size_t size);
ssize_t __readlink_chk(const char *path, char *target, size_t size, size_t room);
ssize_t __readlinkat_chk(int directory, const char *path, char *target, size_t size, size_t room);

static char *resolved_path(const struct place *place, char *resolved) {
  struct device_path path = path_of_place(place);
  return resolved == NULL ? strdup(path.text) : strcpy(resolved, path.text);
}

INTERPOSED char *realpath(const char *restrict path, char *restrict resolved) {
  struct place place;
  if (place_of_path(AT_FDCWD, path, FOLLOW, &place)) return resolved_path(&place, resolved);
  return REAL(realpath)(path, resolved);
}

INTERPOSED char *__realpath_chk(const char *path, char *resolved, size_t size) {
  struct place place;
  if (size >= PATH_MAX && place_of_path(AT_FDCWD, path, FOLLOW, &place)) return resolved_path(&place, resolved);
  return REAL(__realpath_chk)(path, resolved, size);
}

#ifdef __GLIBC__
INTERPOSED char *canonicalize_file_name(const char *path) {
  return realpath(path, NULL);
}
#endif

static ssize_t target_of(const struct place *place, char *target, size_t size) {
  struct device_path path = path_of_place(place);
  size_t length = strlen(path.text);
  if (length > size) length = size;
  int status = size == 0 ? -EINVAL : copy_to_program(target, path.text, length);
  if (status == 0) return (ssize_t)length;
  errno = -status;
  return -1;
}

#define READ_LINK(directory, path, target, size)                \
  do {                                                          \
    struct place place;                                         \
    if (place_of_link(path, &place)) return target_of(&place, target, size); \
    if (place_of_path(directory, path, NO_FOLLOW, &place)) {    \
      errno = EINVAL; /* a device is no link */                 \
      return -1;                                                \
    }                                                           \
  } while (0)

INTERPOSED ssize_t readlink(const char *restrict path, char *restrict target, size_t size) {
  READ_LINK(AT_FDCWD, path, target, size);
  return REAL(readlink)(path, target, size);
}

INTERPOSED ssize_t readlinkat(int directory, const char *restrict path, char *restrict target, size_t size) {
  READ_LINK(directory, path, target, size);
  return REAL(readlinkat)(directory, path, target, size);
}

INTERPOSED ssize_t __readlink_chk(const char *path, char *target, size_t size, size_t room) {
  return size > room ? REAL(__readlink_chk)(path, target, size, room) : readlink(path, target, size);
}

INTERPOSED ssize_t __readlinkat_chk(int directory, const char *path, char *target, size_t size, size_t room) {
  return size > room ? REAL(__readlinkat_chk)(directory, path, target, size, room)
                     : readlinkat(directory, path, target, size);
}
