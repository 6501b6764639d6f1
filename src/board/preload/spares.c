#include "spares.h"

enum { MOST_SPARES = 16 };

struct spare {
  in_port_t port; /* of the board; 0 when there is none */
  struct connection connection;
};

static struct spare spares[MOST_SPARES];

static struct spare *spare_for(in_port_t port) {
  for (int i = 0; i < MOST_SPARES; i++) {
    if (spares[i].port == port) return &spares[i];
  }
  return NULL;
}

void keep_spare(const struct place *place, struct connection *connection) {
  struct spare *slot = spare_for(0);
  if (slot == NULL || spare_for(place->port) != NULL || !stands(connection)) {
    end_connection(connection);
    return;
  }
  *slot = (struct spare){place->port, *connection};
  connection->fd = -1;
}

bool take_spare(const struct place *place, struct connection *connection) {
  struct spare *slot = spare_for(place->port);
  if (slot == NULL) return false;
  struct connection spare = slot->connection;
  *slot = (struct spare){0};
  bool usable = stands(&spare);
  if (usable) *connection = spare;
  else end_connection(&spare);
  return usable;
}
