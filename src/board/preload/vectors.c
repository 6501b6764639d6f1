#include "vectors.h"

#include "memory.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>

enum { MOST_SEGMENTS = 1024 /* UIO_MAXIOV */, LONGEST_LINE = 4096 /* of a terminal's line discipline */ };

static ssize_t failed(int status) {
  errno = -status;
  return -1;
}

/* The bytes of all segments, or a negative errno. */
static ssize_t size_of(const struct iovec *vector, int count) {
  size_t size = 0;
  if (count < 0 || count > MOST_SEGMENTS) return -EINVAL;
  for (int i = 0; i < count; i++) {
    struct iovec segment;
    if (copy_from_program(&segment, &vector[i], sizeof segment) < 0) return -EFAULT;
    if (segment.iov_len > SSIZE_MAX - size) return -EINVAL;
    size += segment.iov_len;
  }
  return (ssize_t)size;
}

ssize_t each_segment(struct device *device, int fd, const struct iovec *vector, int count, device_call *call) {
  ssize_t size = size_of(vector, count), done = 0;
  if (size < 0) return failed((int)size);
  for (int i = 0; done < size; i++) {
    ssize_t moved = call(device, fd, vector[i].iov_base, vector[i].iov_len);
    if (moved < 0) return done > 0 ? done : -1;
    done += moved;
    if ((size_t)moved < vector[i].iov_len) break;
  }
  return done;
}

ssize_t read_together(struct device *device, int fd, const struct iovec *vector, int count, device_call *call) {
  char bytes[LONGEST_LINE];
  ssize_t size = size_of(vector, count);
  if (size < 0) return failed((int)size);
  ssize_t received = call(device, fd, bytes, (size_t)size < sizeof bytes ? (size_t)size : sizeof bytes);
  ssize_t given = 0;
  for (int i = 0; given < received; i++) {
    size_t left = (size_t)(received - given);
    size_t part = vector[i].iov_len < left ? vector[i].iov_len : left;
    int status = copy_to_program(vector[i].iov_base, bytes + given, part);
    if (status < 0) return failed(status);
    given += (ssize_t)part;
  }
  return received;
}
