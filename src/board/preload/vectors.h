#ifndef VECTORS_H
#define VECTORS_H

#include "device.h"

#include <sys/uio.h>

/* read or write of a device. */
typedef ssize_t device_call(struct device *device, int fd, void *data, size_t count);

/*
 * readv or writev as the kernel has it for a driver that knows only read and write, as i2c-dev: each segment is a call of its
 * own, and the first one that is short or fails is the last. -1 and errno, or the bytes until then.
 */
ssize_t each_segment(struct device *device, int fd, const struct iovec *vector, int count, device_call *call);

/* readv as the kernel has it for terminals: one read, whose bytes fill the segments. */
ssize_t read_together(struct device *device, int fd, const struct iovec *vector, int count, device_call *call);

#endif
