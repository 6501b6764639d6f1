#include "paths.h"
#include "real.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Readable and writable by whoever runs the program; no one executes a device. */
static int answer(int mode) {
  if (!(mode & X_OK)) return 0;
  errno = EACCES;
  return -1;
}

INTERPOSED int access(const char *path, int mode) {
  struct place place;
  return place_of_path(AT_FDCWD, path, FOLLOW, &place) ? answer(mode) : REAL(access)(path, mode);
}

INTERPOSED int faccessat(int directory, const char *path, int mode, int flags) {
  struct place place;
  enum links links = flags & AT_SYMLINK_NOFOLLOW ? NO_FOLLOW : FOLLOW;
  return place_of_path(directory, path, links, &place) ? answer(mode) : REAL(faccessat)(directory, path, mode, flags);
}

INTERPOSED int eaccess(const char *path, int mode) {
  struct place place;
  return place_of_path(AT_FDCWD, path, FOLLOW, &place) ? answer(mode) : REAL(eaccess)(path, mode);
}

INTERPOSED int euidaccess(const char *path, int mode) {
  struct place place;
  return place_of_path(AT_FDCWD, path, FOLLOW, &place) ? answer(mode) : REAL(euidaccess)(path, mode);
}
