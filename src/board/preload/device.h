#ifndef DEVICE_H
#define DEVICE_H

#include "connection.h"
#include "handle.h"
#include "termbits.h"

#include <pthread.h>
#include <stdint.h>

/* What the kernel would keep for an open device file. Descriptors made by dup share it. */
struct device {
  struct place place;
  /* O_RDONLY, O_WRONLY or O_RDWR. */
  int access;
  /* Descriptors, and calls under way. */
  unsigned references;
  /* Held for a transfer, and wherever what follows is touched. */
  pthread_mutex_t mutex;

  /* I2C: what the program holds, and what it does not see. */
  struct handle_name handle;
  struct connection connection;
  /* Requests and replies no longer matched: what is left of the board is not to be trusted. */
  bool gone;
  /* What I2C_SLAVE and I2C_PEC set. */
  uint8_t address;
  bool pec;

  /* Serial: the program holds the connection itself, whose port tells whether a descriptor still is this device. */
  in_port_t local_port;
  struct settings settings;
  int modem_lines;
};

#endif
