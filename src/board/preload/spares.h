#ifndef SPARES_H
#define SPARES_H

#include "connection.h"

/*
 * cryptoauthlib opens and closes the bus for each of the ten transfers of a command. The connection of a bus that was closed
 * is therefore kept for the next opening. To be called by one thread at a time.
 */

/* Keeps a connection to the board for later, or ends it where there is no room. */
void keep_spare(const struct place *place, struct connection *connection);

/* A kept connection to the board that still stands; false when there is none. */
bool take_spare(const struct place *place, struct connection *connection);

#endif
