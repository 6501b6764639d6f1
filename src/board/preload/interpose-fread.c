#include "descriptors.h"
#include "real.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <unistd.h>

#ifdef __GLIBC__

/*
 * An unbuffered fread is one read, and so one transfer: of its own streams. Of those of fopencookie glibc makes one for each
 * byte (_IO_default_xsgetn).
 */

size_t __fread_chk(void *data, size_t room, size_t size, size_t count, FILE *stream);

static bool is_unbuffered_bus(FILE *stream) {
  struct place place;
  return place_of_descriptor(stream->_fileno, &place) && place.kind == I2C && __fbufsize(stream) == 1 &&
         stream->_IO_read_ptr == stream->_IO_read_end;
}

static size_t read_at_once(void *data, size_t size, size_t count, FILE *stream) {
  size_t bytes;
  if (size == 0 || count == 0) return 0;
  if (__builtin_mul_overflow(size, count, &bytes)) bytes = SIZE_MAX;
  ssize_t received = read(stream->_fileno, data, bytes);
  if (received < 0) stream->_flags |= _IO_ERR_SEEN;
  return received < 0 ? 0 : (size_t)received / size;
}

INTERPOSED size_t fread(void *restrict data, size_t size, size_t count, FILE *restrict stream) {
  return is_unbuffered_bus(stream) ? read_at_once(data, size, count, stream) : REAL(fread)(data, size, count, stream);
}

/* What fortified programs call when the size of the buffer is known; libc's own ends the program when it is too small. */
INTERPOSED size_t __fread_chk(void *data, size_t room, size_t size, size_t count, FILE *stream) {
  bool fits = size == 0 || count <= room / size;
  return fits && is_unbuffered_bus(stream) ? read_at_once(data, size, count, stream)
                                           : REAL(__fread_chk)(data, room, size, count, stream);
}

#endif
