#ifndef SPARES_H
#define SPARES_H

#include "places.h"

/*
 * cryptoauthlib opens and closes the bus for each of the ten transfers of a command. The connection of a bus that was closed
 * is therefore kept, under a high number, for the next opening. To be called by one thread at a time.
 */

/* Keeps the connection of `fd`, which is about to be closed, if there is room. */
void keep_spare(const struct place *place, int fd);

/* A kept connection to the board that still stands, at the lowest descriptor that is free; -1 when there is none. */
int take_spare(const struct place *place, bool close_on_exec);

#endif
