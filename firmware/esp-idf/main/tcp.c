#include "tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

bool tcp_wait(int socket, enum tcp_wait what, uint32_t timeout_ms) {
  struct pollfd waiting = {.fd = socket, .events = what == TCP_READABLE ? POLLIN : POLLOUT};
  /* Errors and ends count as well: the next call on the socket tells. */
  return poll(&waiting, 1, (int)timeout_ms) > 0;
}

void tcp_close(int *socket) {
  if (*socket == TCP_CLOSED) return;
  (void)close(*socket);
  *socket = TCP_CLOSED;
}

/* Whether the connection that was begun is there. */
static bool finish(int socket, uint32_t timeout_ms) {
  if (!tcp_wait(socket, TCP_WRITABLE, timeout_ms)) return false;
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0;
}

static bool connect_to(const struct addrinfo *address, uint32_t timeout_ms, int *result) {
  *result = socket(address->ai_family, address->ai_socktype, address->ai_protocol);
  if (*result < 0) {
    *result = TCP_CLOSED;
    return false;
  }
  const int flags = fcntl(*result, F_GETFL, 0);
  bool connected = flags >= 0 && fcntl(*result, F_SETFL, flags | O_NONBLOCK) == 0;
  if (connected && connect(*result, address->ai_addr, address->ai_addrlen) != 0)
    connected = errno == EINPROGRESS && finish(*result, timeout_ms);
  if (!connected) tcp_close(result);
  return connected;
}

enum port_tls_error tcp_connect(const char *host, uint16_t port, uint32_t timeout_ms, int *socket) {
  char service[6];
  (void)snprintf(service, sizeof service, "%u", (unsigned)port);
  const struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM};
  struct addrinfo *address = NULL;
  if (getaddrinfo(host, service, &hints, &address) != 0 || address == NULL) return PORT_TLS_NO_ADDRESS;
  const bool connected = connect_to(address, timeout_ms, socket);
  freeaddrinfo(address);
  return connected ? PORT_TLS_OK : PORT_TLS_NO_CONNECTION;
}
