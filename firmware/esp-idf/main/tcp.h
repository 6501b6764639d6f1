/* A TCP connection that never blocks, with waits of its own. */
#ifndef TCP_H
#define TCP_H

#include <stdbool.h>
#include <stdint.h>

#include "port.h"

#define TCP_CLOSED (-1)

/* On success `*socket` is connected. */
enum port_tls_error tcp_connect(const char *host, uint16_t port, uint32_t timeout_ms, int *socket);

enum tcp_wait { TCP_READABLE, TCP_WRITABLE };

/* False after `timeout_ms`. */
bool tcp_wait(int socket, enum tcp_wait what, uint32_t timeout_ms);

void tcp_close(int *socket);

#endif
