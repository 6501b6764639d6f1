#include "i2c.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

static struct {
  struct i2c_wire wire;
  pthread_mutex_t lock; /* one transfer at a time */
} ports[] = {
    [PORT_BUS_CHIP] = {.lock = PTHREAD_MUTEX_INITIALIZER},
    [PORT_BUS_SENSOR] = {.lock = PTHREAD_MUTEX_INITIALIZER},
};

static bool open_tcp(struct i2c_wire *wire, const char *where) {
  char host[256];
  const char *colon = strrchr(where, ':');
  if (colon == NULL || (size_t)(colon - where) >= sizeof host) {
    (void)fprintf(stderr, "emu-firmware: a board is named like tcp:127.0.0.1:46625, not tcp:%s\n", where);
    return false;
  }
  const size_t length = (size_t)(colon - where);
  memcpy(host, where, length);
  host[length] = '\0';
  return i2c_tcp_open(wire, host, colon + 1);
}

bool i2c_open(enum port_bus bus, const char *where) {
  struct i2c_wire *wire = &ports[bus].wire;
  const bool is_tcp = strncmp(where, "tcp:", 4) == 0;
  if (is_tcp ? open_tcp(wire, where + 4) : i2c_dev_open(wire, where)) return true;
  (void)fprintf(stderr, "emu-firmware: no I2C at %s: %s\n", where, strerror(errno));
  return false;
}

bool port_i2c_write(enum port_bus bus, uint8_t address, const uint8_t *bytes, size_t length, bool stop) {
  struct i2c_wire *wire = &ports[bus].wire;
  if (length > I2C_TRANSFER_LIMIT) return false;
  (void)pthread_mutex_lock(&ports[bus].lock);
  const bool acknowledged = wire->kind->write(wire, address, bytes, length, stop);
  (void)pthread_mutex_unlock(&ports[bus].lock);
  return acknowledged;
}

bool port_i2c_read(enum port_bus bus, uint8_t address, uint8_t *bytes, size_t length) {
  struct i2c_wire *wire = &ports[bus].wire;
  if (length > I2C_TRANSFER_LIMIT) return false;
  (void)pthread_mutex_lock(&ports[bus].lock);
  const bool acknowledged = wire->kind->read(wire, address, bytes, length);
  (void)pthread_mutex_unlock(&ports[bus].lock);
  return acknowledged;
}

void port_i2c_delay_us(enum port_bus bus, uint32_t us) {
  struct i2c_wire *wire = &ports[bus].wire;
  (void)pthread_mutex_lock(&ports[bus].lock);
  wire->kind->delay_us(wire, us);
  (void)pthread_mutex_unlock(&ports[bus].lock);
}
