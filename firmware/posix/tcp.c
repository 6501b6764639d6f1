#include "tcp.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../core/port.h"
#include "ending.h"

#define HOST_LIMIT 256u
#define PORT_LIMIT 6u
#define RESOLUTIONS 16u

static struct {
  char host[HOST_LIMIT], port[PORT_LIMIT], address[HOST_LIMIT], to_port[PORT_LIMIT];
} resolutions[RESOLUTIONS];
static size_t resolution_count;

bool tcp_resolve(const char *text) {
  char address[HOST_LIMIT];
  if (resolution_count == RESOLUTIONS) return false;
  char *host = resolutions[resolution_count].host, *port = resolutions[resolution_count].port;
  char *to_port = resolutions[resolution_count].to_port;
  static const char bracketed[] = "%255[^:]:%5[0-9]:[%255[^]]]%n:%5[0-9]%n";
  static const char plain[] = "%255[^:]:%5[0-9]:%255[^:[]%n:%5[0-9]%n";
  int end = 0;
  int fields = sscanf(text, bracketed, host, port, address, &end, to_port, &end);
  if (fields < 3) fields = sscanf(text, plain, host, port, address, &end, to_port, &end);
  if (fields < 3 || text[end] != '\0') return false;
  if (fields == 3) memcpy(to_port, port, PORT_LIMIT);
  memcpy(resolutions[resolution_count].address, address, HOST_LIMIT);
  resolution_count++;
  return true;
}

static struct addrinfo *look_up(const char *host, uint16_t port) {
  const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  struct addrinfo *found = NULL;
  char service[PORT_LIMIT];
  const char *to_host = host, *to_service = service;
  (void)snprintf(service, sizeof service, "%u", (unsigned)port);
  for (size_t i = 0; i < resolution_count; i++) {
    if (strcasecmp(resolutions[i].host, host) != 0 || strcmp(resolutions[i].port, service) != 0) continue;
    to_host = resolutions[i].address;
    to_service = resolutions[i].to_port;
  }
  return getaddrinfo(to_host, to_service, &hints, &found) == 0 ? found : NULL;
}

/* A socket that is connected before `until`, or -1. */
static int dial(const struct addrinfo *address, uint64_t until) {
  const int on = 1;
  int trouble = 0;
  socklen_t size = sizeof trouble;
  const int descriptor = socket(address->ai_family, SOCK_STREAM, 0);
  if (descriptor < 0) return -1;
  /* A packet waits for no other: the twin's network does not hold them back either. */
  if (fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 && fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 &&
      setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0) {
    if (connect(descriptor, address->ai_addr, address->ai_addrlen) == 0) return descriptor;
    const uint64_t now = port_time_ms();
    if (errno == EINPROGRESS && now < until && ending_poll(descriptor, POLLOUT, (uint32_t)(until - now)) &&
        getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &trouble, &size) == 0 && trouble == 0) {
      return descriptor;
    }
  }
  (void)close(descriptor);
  return -1;
}

int tcp_connect(const char *host, uint16_t port, uint32_t timeout_ms) {
  const uint64_t until = port_time_ms() + timeout_ms;
  struct addrinfo *found = look_up(host, port);
  int descriptor = TCP_NO_CONNECTION;
  if (found == NULL) return TCP_NO_ADDRESS;
  for (const struct addrinfo *each = found; each != NULL && descriptor < 0; each = each->ai_next) {
    descriptor = dial(each, until);
  }
  freeaddrinfo(found);
  return descriptor < 0 ? TCP_NO_CONNECTION : descriptor;
}
