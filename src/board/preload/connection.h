#ifndef CONNECTION_H
#define CONNECTION_H

#include "places.h"

#include <stddef.h>
#include <sys/types.h>

/* Connects to a board. A socket, closed on exec when `close_on_exec`; or a negative errno, -ENODEV when no board is there. */
int connect_to(const struct place *place, bool close_on_exec);

/* A connection that the program does not know of: it may close the descriptor, or put another file there, at any time. */
struct connection {
  int fd; /* -1 for none */
  /* Tells whether the descriptor still is this connection. */
  in_port_t local_port;
  /* The one that made it: one request, one reply is nothing that two can share. */
  pid_t process;
};

/* Connects to a board under a high number, so that the program gets the low ones. 0, or a negative errno as above. */
int connect_hidden(const struct place *place, struct connection *connection);

/* Whether it can carry a request: it is this process's own, and the board has neither hung up nor said what nobody asked. */
bool stands(const struct connection *connection);

void end_connection(struct connection *connection);

/* The port of this end, 0 when `fd` is no socket that is connected over IPv4. errno stays as it is. */
in_port_t local_port(int fd);

/* The port of the other end, likewise. */
in_port_t peer_port(int fd);

/*
 * All of `length` bytes, however many calls, signals and waits it takes. 0, or a negative errno: -ENODEV when the board is
 * gone, -ETIMEDOUT when it is silent; then the connection is ended, so that a late reply answers no later request.
 */
int send_all(int fd, const void *data, size_t length);
int receive_all(int fd, void *data, size_t length);

/* Ends a connection on which requests and replies no longer match. Returns -ENODEV. */
int give_up(int fd);

#endif
