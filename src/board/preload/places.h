#ifndef PLACES_H
#define PLACES_H

#include <netinet/in.h>
#include <stdbool.h>

enum kind { I2C, SERIAL };

/* A device file of a board, and the port on loopback where the board serves it. */
struct place {
  enum kind kind;
  unsigned board;
  in_port_t port;
};

/* Whether `path` is /dev/i2c-k (or i2c-tools' /dev/i2c/k) or /dev/ttyEMUk of a board that the launcher named. */
bool place_of_path(const char *path, struct place *place);

/* Whether a board that the launcher named serves on `port`. */
bool place_of_port(in_port_t port, struct place *place);

#endif
