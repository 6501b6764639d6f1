#ifndef SERIAL_H
#define SERIAL_H

#include "device.h"

#include <termios.h>

/* What a port has when nobody has set anything. */
void reset_serial(struct device *device);

/* The system calls on /dev/ttyEMUk. -1 and errno, or what the kernel returns. */
ssize_t serial_read(struct device *device, int fd, void *data, size_t count);
ssize_t serial_write(int fd, const void *data, size_t count);
int serial_ioctl(struct device *device, int fd, unsigned long request, void *argument);

/* What libc makes of them. */
int serial_get_attributes(struct device *device, struct termios *attributes);
int serial_set_attributes(struct device *device, int fd, int when, const struct termios *attributes);
int serial_flush(int fd, int queue);

#endif
