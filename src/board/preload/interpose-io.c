#include "descriptors.h"
#include "i2c.h"
#include "real.h"
#include "serial.h"
#include "vectors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* What fortified programs call when the size of the buffer is known (glibc's <bits/unistd.h>). */
ssize_t __read_chk(int fd, void *data, size_t count, size_t size);

#ifdef __GLIBC__
typedef unsigned long request_type;
#else
typedef int request_type;
#endif

/* Not opened for `access`, which is O_RDONLY or O_WRONLY. */
static bool lacks(const struct device *device, int access) {
  if (device->access == O_RDWR || device->access == access) return false;
  errno = EBADF;
  return true;
}

static ssize_t device_read(struct device *device, int fd, void *data, size_t count) {
  if (lacks(device, O_RDONLY)) return -1;
  return device->place.kind == I2C ? i2c_read(device, data, count) : serial_read(device, fd, data, count);
}

static ssize_t device_write(struct device *device, int fd, void *data, size_t count) {
  if (lacks(device, O_WRONLY)) return -1;
  return device->place.kind == I2C ? i2c_write(device, data, count) : serial_write(fd, data, count);
}

INTERPOSED ssize_t read(int fd, void *data, size_t count) {
  struct device *device = hold_device(fd);
  if (device == NULL) return REAL(read)(fd, data, count);
  ssize_t result = device_read(device, fd, data, count);
  release_device(device);
  return result;
}

INTERPOSED ssize_t __read_chk(int fd, void *data, size_t count, size_t size) {
  /* libc's own ends the program when the buffer is too small. */
  return count > size ? REAL(__read_chk)(fd, data, count, size) : read(fd, data, count);
}

INTERPOSED ssize_t write(int fd, const void *data, size_t count) {
  struct device *device = hold_device(fd);
  if (device == NULL) return REAL(write)(fd, data, count);
  ssize_t result = device_write(device, fd, (void *)data, count);
  release_device(device);
  return result;
}

INTERPOSED ssize_t readv(int fd, const struct iovec *vector, int count) {
  struct device *device = hold_device(fd);
  if (device == NULL) return REAL(readv)(fd, vector, count);
  ssize_t result = device->place.kind == I2C ? each_segment(device, fd, vector, count, device_read)
                                             : read_together(device, fd, vector, count, device_read);
  release_device(device);
  return result;
}

INTERPOSED ssize_t writev(int fd, const struct iovec *vector, int count) {
  struct device *device = hold_device(fd);
  if (device == NULL) return REAL(writev)(fd, vector, count);
  ssize_t result = each_segment(device, fd, vector, count, device_write);
  release_device(device);
  return result;
}

INTERPOSED int ioctl(int fd, request_type request, ...) {
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  struct device *device = hold_device(fd);
  if (device == NULL) return REAL(ioctl)(fd, request, argument);
  /* musl's int and careless programs sign-extend; the kernel takes 32 bits. */
  unsigned long number = (uint32_t)request;
  int result = device->place.kind == I2C ? i2c_ioctl(device, number, argument)
                                         : serial_ioctl(device, fd, number, argument);
  release_device(device);
  return result;
}
