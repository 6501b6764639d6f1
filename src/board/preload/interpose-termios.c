#include "descriptors.h"
#include "real.h"
#include "serial.h"

#include <termios.h>
#include <unistd.h>

/* libc makes these of ioctls of its own, which cannot be interposed. */

static struct device *hold_serial(int fd) {
  struct device *device = hold_device(fd);
  if (device == NULL || device->place.kind == SERIAL) return device;
  release_device(device);
  return NULL;
}

#define ON_SERIAL(fd, outcome)                                  \
  do {                                                          \
    struct device *device = hold_serial(fd);                    \
    if (device != NULL) {                                       \
      int result = (outcome);                                   \
      release_device(device);                                   \
      return result;                                            \
    }                                                           \
  } while (0)

INTERPOSED int tcgetattr(int fd, struct termios *attributes) {
  ON_SERIAL(fd, serial_get_attributes(device, attributes));
  return REAL(tcgetattr)(fd, attributes);
}

INTERPOSED int tcsetattr(int fd, int when, const struct termios *attributes) {
  ON_SERIAL(fd, serial_set_attributes(device, fd, when, attributes));
  return REAL(tcsetattr)(fd, when, attributes);
}

INTERPOSED int tcflush(int fd, int queue) {
  ON_SERIAL(fd, serial_flush(fd, queue));
  return REAL(tcflush)(fd, queue);
}

INTERPOSED int tcdrain(int fd) {
  ON_SERIAL(fd, 0);
  return REAL(tcdrain)(fd);
}

INTERPOSED int tcsendbreak(int fd, int duration) {
  ON_SERIAL(fd, 0);
  return REAL(tcsendbreak)(fd, duration);
}

INTERPOSED int tcflow(int fd, int action) {
  ON_SERIAL(fd, 0);
  return REAL(tcflow)(fd, action);
}

INTERPOSED int isatty(int fd) {
  ON_SERIAL(fd, 1);
  return REAL(isatty)(fd);
}
