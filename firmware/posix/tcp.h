/* TCP connections that nothing waits for but ending_poll. */
#ifndef TCP_H
#define TCP_H

#include <stdbool.h>
#include <stdint.h>

#define TCP_NO_ADDRESS (-1)
#define TCP_NO_CONNECTION (-2)

/*
 * `HOST:PORT:ADDRESS[:PORT]`, an IPv6 address in brackets: a connection to that host and port goes to the address
 * instead, as with curl. False when it does not look so, or is one too many.
 */
bool tcp_resolve(const char *text);

/* A socket that does not block, or one of the values above. */
int tcp_connect(const char *host, uint16_t port, uint32_t timeout_ms);

#endif
