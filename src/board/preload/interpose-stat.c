#include "descriptors.h"
#include "memory.h"
#include "paths.h"
#include "real.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* So that programs which look before they open see character devices. */

enum { I2C_MAJOR = 89, LOCAL_MAJOR = 240 /* for local use, Documentation/admin-guide/devices.txt */ };
enum { MODE = S_IFCHR | 0660, BLOCK = 4096 };

static unsigned major_of(const struct place *place) {
  return place->kind == I2C ? I2C_MAJOR : LOCAL_MAJOR;
}

static int answer(int status) {
  if (status == 0) return 0;
  errno = -status;
  return -1;
}

/* Into a struct stat or struct stat64. */
#define FILL(place, status)                                     \
  (__extension__({                                              \
    __typeof__(*(status)) filled;                               \
    memset(&filled, 0, sizeof filled);                          \
    filled.st_mode = MODE;                                      \
    filled.st_nlink = 1;                                        \
    filled.st_uid = geteuid();                                  \
    filled.st_gid = getegid();                                  \
    filled.st_rdev = makedev(major_of(place), (place)->board);  \
    filled.st_ino = (ino_t)filled.st_rdev;                      \
    filled.st_blksize = BLOCK;                                  \
    answer(copy_to_program(status, &filled, sizeof filled));    \
  }))

#define STAT_PATH(directory, path, links, status)               \
  do {                                                          \
    struct place place;                                         \
    if (place_of_path(directory, path, links, &place)) return FILL(&place, status); \
  } while (0)

#define STAT_DESCRIPTOR(fd, status)                             \
  do {                                                          \
    struct place place;                                         \
    if (place_of_descriptor(fd, &place)) return FILL(&place, status); \
  } while (0)

/* What the flags of fstatat and statx name: a path, or by an empty one the descriptor itself. */
static bool place_at(int directory, const char *path, int flags, struct place *place) {
  char text[1];
  bool empty = (flags & AT_EMPTY_PATH) && text_from_program(text, sizeof text, path) == 0;
  if (empty) return place_of_descriptor(directory, place);
  return place_of_path(directory, path, flags & AT_SYMLINK_NOFOLLOW ? NO_FOLLOW : FOLLOW, place);
}

#define STAT_AT(directory, path, flags, status)                 \
  do {                                                          \
    struct place place;                                         \
    if (place_at(directory, path, flags, &place)) return FILL(&place, status); \
  } while (0)

INTERPOSED int stat(const char *restrict path, struct stat *restrict status) {
  STAT_PATH(AT_FDCWD, path, FOLLOW, status);
  return REAL(stat)(path, status);
}

INTERPOSED int lstat(const char *restrict path, struct stat *restrict status) {
  STAT_PATH(AT_FDCWD, path, NO_FOLLOW, status);
  return REAL(lstat)(path, status);
}

INTERPOSED int fstat(int fd, struct stat *status) {
  STAT_DESCRIPTOR(fd, status);
  return REAL(fstat)(fd, status);
}

INTERPOSED int fstatat(int directory, const char *restrict path, struct stat *restrict status, int flags) {
  STAT_AT(directory, path, flags, status);
  return REAL(fstatat)(directory, path, status, flags);
}

#ifdef __GLIBC__

INTERPOSED int stat64(const char *restrict path, struct stat64 *restrict status) {
  STAT_PATH(AT_FDCWD, path, FOLLOW, status);
  return REAL(stat64)(path, status);
}

INTERPOSED int lstat64(const char *restrict path, struct stat64 *restrict status) {
  STAT_PATH(AT_FDCWD, path, NO_FOLLOW, status);
  return REAL(lstat64)(path, status);
}

INTERPOSED int fstat64(int fd, struct stat64 *status) {
  STAT_DESCRIPTOR(fd, status);
  return REAL(fstat64)(fd, status);
}

INTERPOSED int fstatat64(int directory, const char *restrict path, struct stat64 *restrict status, int flags) {
  STAT_AT(directory, path, flags, status);
  return REAL(fstatat64)(directory, path, status, flags);
}

/* Programs that were linked against a glibc older than 2.33 call these instead. */
int __xstat(int version, const char *path, struct stat *status);
int __lxstat(int version, const char *path, struct stat *status);
int __fxstat(int version, int fd, struct stat *status);
int __fxstatat(int version, int directory, const char *path, struct stat *status, int flags);
int __xstat64(int version, const char *path, struct stat64 *status);
int __lxstat64(int version, const char *path, struct stat64 *status);
int __fxstat64(int version, int fd, struct stat64 *status);
int __fxstatat64(int version, int directory, const char *path, struct stat64 *status, int flags);

INTERPOSED int __xstat(int version, const char *path, struct stat *status) {
  STAT_PATH(AT_FDCWD, path, FOLLOW, status);
  return REAL(__xstat)(version, path, status);
}

INTERPOSED int __lxstat(int version, const char *path, struct stat *status) {
  STAT_PATH(AT_FDCWD, path, NO_FOLLOW, status);
  return REAL(__lxstat)(version, path, status);
}

INTERPOSED int __fxstat(int version, int fd, struct stat *status) {
  STAT_DESCRIPTOR(fd, status);
  return REAL(__fxstat)(version, fd, status);
}

INTERPOSED int __fxstatat(int version, int directory, const char *path, struct stat *status, int flags) {
  STAT_AT(directory, path, flags, status);
  return REAL(__fxstatat)(version, directory, path, status, flags);
}

INTERPOSED int __xstat64(int version, const char *path, struct stat64 *status) {
  STAT_PATH(AT_FDCWD, path, FOLLOW, status);
  return REAL(__xstat64)(version, path, status);
}

INTERPOSED int __lxstat64(int version, const char *path, struct stat64 *status) {
  STAT_PATH(AT_FDCWD, path, NO_FOLLOW, status);
  return REAL(__lxstat64)(version, path, status);
}

INTERPOSED int __fxstat64(int version, int fd, struct stat64 *status) {
  STAT_DESCRIPTOR(fd, status);
  return REAL(__fxstat64)(version, fd, status);
}

INTERPOSED int __fxstatat64(int version, int directory, const char *path, struct stat64 *status, int flags) {
  STAT_AT(directory, path, flags, status);
  return REAL(__fxstatat64)(version, directory, path, status, flags);
}

#endif

#ifdef STATX_BASIC_STATS

INTERPOSED int statx(int directory, const char *restrict path, int flags, unsigned mask,
                     struct statx *restrict status) {
  struct place place;
  if (!place_at(directory, path, flags, &place)) return REAL(statx)(directory, path, flags, mask, status);
  const struct statx filled = {
    .stx_mask = STATX_TYPE | STATX_MODE | STATX_NLINK | STATX_UID | STATX_GID | STATX_INO | STATX_SIZE,
    .stx_mode = MODE,
    .stx_nlink = 1,
    .stx_uid = geteuid(),
    .stx_gid = getegid(),
    .stx_ino = makedev(major_of(&place), place.board),
    .stx_rdev_major = major_of(&place),
    .stx_rdev_minor = place.board,
    .stx_blksize = BLOCK,
  };
  return answer(copy_to_program(status, &filled, sizeof filled));
}

#endif
