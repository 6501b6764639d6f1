#include "spares.h"

#include "connection.h"
#include "real.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST_SPARES = 16, HIGH = 512 };

struct spare {
  in_port_t port; /* of the board; 0 when there is none */
  int fd;
  in_port_t local_port;
  pid_t process;
};

static struct spare spares[MOST_SPARES];

/* The program may have closed all descriptors that it does not know, and the number may be another file's by now. */
static bool still_ours(const struct spare *spare) {
  return local_port(spare->fd) == spare->local_port;
}

/* Of another process when this one is its child: two cannot share a connection. */
static bool usable(const struct spare *spare) {
  char byte;
  return spare->process == getpid() && recv(spare->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
}

static struct spare *spare_for(in_port_t port) {
  for (int i = 0; i < MOST_SPARES; i++) {
    if (spares[i].port == port) return &spares[i];
  }
  return NULL;
}

void keep_spare(const struct place *place, int fd) {
  struct spare *slot = spare_for(0);
  if (slot == NULL || spare_for(place->port) != NULL) return;
  int high = REAL(fcntl)(fd, F_DUPFD_CLOEXEC, HIGH);
  if (high >= 0) *slot = (struct spare){place->port, high, local_port(high), getpid()};
}

int take_spare(const struct place *place, bool close_on_exec) {
  struct spare *slot = spare_for(place->port);
  if (slot == NULL) return -1;
  struct spare spare = *slot;
  *slot = (struct spare){0};
  if (!still_ours(&spare)) return -1;
  int fd = -1;
  if (usable(&spare)) {
    fd = REAL(fcntl)(spare.fd, close_on_exec ? F_DUPFD_CLOEXEC : F_DUPFD, 0);
    REAL(fcntl)(spare.fd, F_SETFL, 0); /* its last user may have made it non-blocking */
  }
  REAL(close)(spare.fd);
  return fd;
}
