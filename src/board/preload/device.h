#ifndef DEVICE_H
#define DEVICE_H

#include "places.h"
#include "termbits.h"

#include <pthread.h>
#include <stdint.h>
#include <sys/types.h>

/* What the kernel would keep for an open device file. Descriptors made by dup share it. */
struct device {
  struct place place;
  /* Descriptors, and calls under way. */
  unsigned references;
  /* Of the connection: tells whether a descriptor still is this device. */
  in_port_t local_port;
  /* The process that made the connection: one request, one reply is nothing that two can share. */
  pid_t process;
  /* Held for a transfer, and wherever what follows is touched. */
  pthread_mutex_t mutex;

  /* I2C: what I2C_SLAVE and I2C_PEC set. */
  uint8_t address;
  bool pec;

  /* Serial. */
  struct settings settings;
  int modem_lines;
};

#endif
