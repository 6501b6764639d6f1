/* The board's wires: a virtual board over TCP, or an adapter of the system. */
#ifndef I2C_H
#define I2C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../core/port.h"

#define I2C_TRANSFER_LIMIT 256u /* no driver of the core transfers more at once */

struct i2c_wire;

/* What an end of a wire does, each as the function of port.h. */
struct i2c_kind {
  bool (*write)(struct i2c_wire *wire, uint8_t address, const uint8_t *bytes, size_t length, bool stop);
  bool (*read)(struct i2c_wire *wire, uint8_t address, uint8_t *bytes, size_t length);
  void (*delay_us)(struct i2c_wire *wire, uint32_t us);
};

struct i2c_wire {
  const struct i2c_kind *kind;
  int descriptor;
  /* A write without STOP that waits for its read: an adapter takes both in one call. */
  bool holds;
  uint8_t held_address;
  uint8_t held[I2C_TRANSFER_LIMIT];
  size_t held_length;
};

/* Where a port's parts are: `tcp:HOST:PORT`, or the path of an adapter. Says what is wrong on standard error. */
bool i2c_open(enum port_bus bus, const char *where);

/* Both return whether the wire is there. */
bool i2c_tcp_open(struct i2c_wire *wire, const char *host, const char *port);
bool i2c_dev_open(struct i2c_wire *wire, const char *path);

#endif
