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

/* Whether the launcher named a board of this number, in digits. */
bool place_of_number(enum kind kind, const char *digits, struct place *place);

/* Whether a board that the launcher named serves on `port`. */
bool place_of_port(enum kind kind, in_port_t port, struct place *place);

#endif
