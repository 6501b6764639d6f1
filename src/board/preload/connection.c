#include "connection.h"

#include "real.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* Longer than any board computes or writes to its disk, also on a busy machine; tests have less. */
#ifndef PATIENCE_MS
#define PATIENCE_MS 10000
#endif

static int await(int fd, short events) {
  struct pollfd ready = {.fd = fd, .events = events};
  int count;
  do count = poll(&ready, 1, PATIENCE_MS);
  while (count < 0 && errno == EINTR);
  return count > 0 ? 0 : -ETIMEDOUT;
}

/* A connect that a signal interrupts goes on by itself. */
static int finish_connecting(int fd) {
  int error;
  socklen_t size = sizeof error;
  if (await(fd, POLLOUT) < 0 || getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0) return -1;
  errno = error;
  return error == 0 ? 0 : -1;
}

static void set_options(int fd, enum kind kind) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  /*
   * Closed in the ordinary way each connection would keep a local port for a minute (TIME_WAIT), and 28,000 are all there
   * are. A bus has nothing under way when it is closed; text may have.
   */
  const struct linger reset = {.l_onoff = 1, .l_linger = 0};
  if (kind == I2C) setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

int connect_to(const struct place *place, bool close_on_exec) {
  int fd = socket(AF_INET, SOCK_STREAM | (close_on_exec ? SOCK_CLOEXEC : 0), 0);
  if (fd < 0) return -errno;
  set_options(fd, place->kind);
  const struct sockaddr_in board = {
    .sin_family = AF_INET, .sin_port = htons(place->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int status = connect(fd, (const struct sockaddr *)&board, sizeof board);
  if (status < 0 && errno == EINTR) status = finish_connecting(fd);
  if (status == 0) return fd;
  int error = errno == EADDRNOTAVAIL || errno == EMFILE ? errno : ENODEV;
  REAL(close)(fd);
  return -error;
}

typedef int name_of(int fd, struct sockaddr *address, socklen_t *size);

static in_port_t port_of(int fd, name_of *name) {
  struct sockaddr_in address = {0};
  socklen_t size = sizeof address;
  int before = errno;
  int status = name(fd, (struct sockaddr *)&address, &size);
  errno = before;
  bool loopback = status == 0 && address.sin_family == AF_INET && address.sin_addr.s_addr == htonl(INADDR_LOOPBACK);
  return loopback ? ntohs(address.sin_port) : 0;
}

in_port_t local_port(int fd) {
  return port_of(fd, getsockname);
}

in_port_t peer_port(int fd) {
  return port_of(fd, getpeername);
}

/* Where the system allows it; a number that stays low is only less convenient for the program. */
static int moved_high(int fd) {
  enum { HIGH = 512 };
  int high = REAL(fcntl)(fd, F_DUPFD_CLOEXEC, HIGH);
  if (high < 0) return fd;
  REAL(close)(fd);
  return high;
}

int connect_hidden(const struct place *place, struct connection *connection) {
  int fd = connect_to(place, true);
  if (fd < 0) return fd;
  fd = moved_high(fd);
  *connection = (struct connection){fd, local_port(fd), getpid()};
  return 0;
}

static bool still_ours(const struct connection *connection) {
  return connection->fd >= 0 && local_port(connection->fd) == connection->local_port;
}

bool stands(const struct connection *connection) {
  char byte;
  int before = errno;
  bool quiet = still_ours(connection) && connection->process == getpid() &&
               recv(connection->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && errno == EAGAIN;
  errno = before;
  return quiet;
}

void end_connection(struct connection *connection) {
  if (still_ours(connection)) REAL(close)(connection->fd);
  connection->fd = -1;
}

int give_up(int fd) {
  shutdown(fd, SHUT_RDWR);
  return -ENODEV;
}

/* After a call that moved no byte: 0 to try again. */
static int recover(int fd, short events, int error) {
  if (error == EINTR) return 0;
  if (error != EAGAIN) return give_up(fd);
  int status = await(fd, events);
  if (status < 0) give_up(fd);
  return status;
}

int send_all(int fd, const void *data, size_t length) {
  for (size_t sent = 0; sent < length;) {
    ssize_t count = send(fd, (const char *)data + sent, length - sent, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count >= 0) {
      sent += (size_t)count;
      continue;
    }
    int status = recover(fd, POLLOUT, errno);
    if (status < 0) return status;
  }
  return 0;
}

int receive_all(int fd, void *data, size_t length) {
  for (size_t received = 0; received < length;) {
    /* The program may have made the descriptor non-blocking; a bus waits all the same. */
    ssize_t count = recv(fd, (char *)data + received, length - received, MSG_DONTWAIT);
    if (count == 0) return give_up(fd);
    if (count > 0) {
      received += (size_t)count;
      continue;
    }
    int status = recover(fd, POLLIN, errno);
    if (status < 0) return status;
  }
  return 0;
}
