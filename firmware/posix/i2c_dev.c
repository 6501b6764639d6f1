/* An adapter of Linux, /dev/i2c-N (the kernel's Documentation/i2c/dev-interface.rst). */
#define _DEFAULT_SOURCE /* the types of the kernel's headers */
#include <errno.h>
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "i2c.h"

static bool select_part(const struct i2c_wire *wire, uint8_t address) {
  return ioctl(wire->descriptor, I2C_SLAVE, (unsigned long)address) == 0;
}

/* Without STOP nothing goes out yet, and nothing can be said of it: the read behind it finds out. */
static bool write_dev(struct i2c_wire *wire, uint8_t address, const uint8_t *bytes, size_t length, bool stop) {
  wire->holds = !stop;
  if (stop) return select_part(wire, address) && write(wire->descriptor, bytes, length) == (ssize_t)length;
  wire->held_address = address;
  wire->held_length = length;
  memcpy(wire->held, bytes, length);
  return true;
}

static bool read_dev(struct i2c_wire *wire, uint8_t address, uint8_t *bytes, size_t length) {
  const bool holds = wire->holds;
  wire->holds = false;
  if (!holds) return select_part(wire, address) && read(wire->descriptor, bytes, length) == (ssize_t)length;
  struct i2c_msg messages[] = {
      {.addr = wire->held_address, .len = (uint16_t)wire->held_length, .buf = wire->held},
      {.addr = address, .flags = I2C_M_RD, .len = (uint16_t)length, .buf = bytes},
  };
  struct i2c_rdwr_ioctl_data both = {.msgs = messages, .nmsgs = 2};
  return ioctl(wire->descriptor, I2C_RDWR, &both) == 2;
}

static void delay_dev(struct i2c_wire *wire, uint32_t us) {
  (void)wire;
  struct timespec left = {.tv_sec = (time_t)(us / 1000000u), .tv_nsec = (long)(us % 1000000u) * 1000L};
  while (nanosleep(&left, &left) != 0 && errno == EINTR) continue;
}

bool i2c_dev_open(struct i2c_wire *wire, const char *path) {
  static const struct i2c_kind dev = {write_dev, read_dev, delay_dev};
  wire->kind = &dev;
  wire->descriptor = open(path, O_RDWR | O_CLOEXEC);
  return wire->descriptor >= 0;
}
