#include "descriptors.h"
#include "paths.h"
#include "real.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * Streams. libc's own read and write by calls that cannot be interposed: these are streams of fopencookie(3), which come back
 * here. A stream that is open already, as stdout is, cannot become one.
 */

#ifndef __GLIBC__
#undef fopen64
#undef freopen64
FILE *fopen64(const char *path, const char *mode);
FILE *freopen64(const char *path, const char *mode, FILE *stream);
#endif

int __dprintf_chk(int fd, int flag, const char *format, ...);
int __vdprintf_chk(int fd, int flag, const char *format, va_list values);

static int descriptor_of(void *cookie) {
  return (int)(intptr_t)cookie;
}

static ssize_t stream_read(void *cookie, char *data, size_t count) {
  return read(descriptor_of(cookie), data, count);
}

/* 0 is how a stream's function says that it failed. */
static ssize_t stream_write(void *cookie, const char *data, size_t count) {
  ssize_t written = write(descriptor_of(cookie), data, count);
  return written < 0 ? 0 : written;
}

static int stream_close(void *cookie) {
  return close(descriptor_of(cookie));
}

/* The open flags of a stream's mode, or -1. */
static int flags_of(const char *mode) {
  bool both = strchr(mode, '+') != NULL;
  int more = strchr(mode, 'e') == NULL ? 0 : O_CLOEXEC;
  switch (*mode) {
    case 'r':
      return more | (both ? O_RDWR : O_RDONLY);
    case 'w':
    case 'a':
      return more | (both ? O_RDWR : O_WRONLY);
    default:
      errno = EINVAL;
      return -1;
  }
}

/* Without a function to seek, because neither device has any. */
static FILE *stream_on(int fd, enum kind kind, const char *mode) {
  const cookie_io_functions_t functions = {.read = stream_read, .write = stream_write, .close = stream_close};
  FILE *stream = fopencookie((void *)(intptr_t)fd, mode, functions);
  if (stream == NULL) return NULL;
  /* As every stream on a terminal: a request leaves with the end of its line. */
  if (kind == SERIAL) setvbuf(stream, NULL, _IOLBF, 0);
#ifdef __GLIBC__
  /* Such streams have none otherwise, and programs ask for it, for the ioctl that sets the address. */
  stream->_fileno = fd;
#endif
  return stream;
}

INTERPOSED FILE *fdopen(int fd, const char *mode) {
  struct device *device = hold_device(fd);
  if (device == NULL) return REAL(fdopen)(fd, mode);
  enum kind kind = device->place.kind;
  int access = device->access;
  release_device(device);

  int flags = flags_of(mode);
  if (flags < 0) return NULL;
  if (access == O_RDWR || access == (flags & O_ACCMODE)) return stream_on(fd, kind, mode);
  errno = EINVAL;
  return NULL;
}

static FILE *open_stream(const struct place *place, const char *mode) {
  int flags = flags_of(mode);
  int fd = flags < 0 ? -1 : open_device(place, flags);
  if (fd < 0) return NULL;
  FILE *stream = fdopen(fd, mode);
  if (stream == NULL) close(fd);
  return stream;
}

INTERPOSED FILE *fopen(const char *restrict path, const char *restrict mode) {
  struct place place;
  return place_of_path(AT_FDCWD, path, FOLLOW, &place) ? open_stream(&place, mode) : REAL(fopen)(path, mode);
}

INTERPOSED FILE *fopen64(const char *restrict path, const char *restrict mode) {
  struct place place;
  return place_of_path(AT_FDCWD, path, FOLLOW, &place) ? open_stream(&place, mode) : REAL(fopen64)(path, mode);
}

/* Refused, and closed as by every freopen that fails: libc's would make a file of this name. */
static FILE *refuse_reopening(FILE *stream) {
  fclose(stream);
  errno = EOPNOTSUPP;
  return NULL;
}

INTERPOSED FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict stream) {
  struct place place;
  return path != NULL && place_of_path(AT_FDCWD, path, FOLLOW, &place) ? refuse_reopening(stream)
                                                                        : REAL(freopen)(path, mode, stream);
}

INTERPOSED FILE *freopen64(const char *restrict path, const char *restrict mode, FILE *restrict stream) {
  struct place place;
  return path != NULL && place_of_path(AT_FDCWD, path, FOLLOW, &place) ? refuse_reopening(stream)
                                                                        : REAL(freopen64)(path, mode, stream);
}

/* The whole text as one write. */
static int print(int fd, const char *format, va_list values) {
  char *text;
  int length = vasprintf(&text, format, values);
  if (length < 0) return -1;
  ssize_t written = write(fd, text, (size_t)length);
  free(text);
  return written < 0 ? -1 : (int)written;
}

INTERPOSED int vdprintf(int fd, const char *restrict format, va_list values) {
  struct place place;
  return place_of_descriptor(fd, &place) ? print(fd, format, values) : REAL(vdprintf)(fd, format, values);
}

INTERPOSED int __vdprintf_chk(int fd, int flag, const char *format, va_list values) {
  struct place place;
  return place_of_descriptor(fd, &place) ? print(fd, format, values) : REAL(__vdprintf_chk)(fd, flag, format, values);
}

INTERPOSED int dprintf(int fd, const char *restrict format, ...) {
  va_list values;
  va_start(values, format);
  int length = vdprintf(fd, format, values);
  va_end(values);
  return length;
}

INTERPOSED int __dprintf_chk(int fd, int flag, const char *format, ...) {
  va_list values;
  va_start(values, format);
  int length = __vdprintf_chk(fd, flag, format, values);
  va_end(values);
  return length;
}
