/* One TLS connection by mbedTLS 3 over a socket that does not block. mbedTLS and lwIP take a connection's memory from the heap. */
#include <errno.h>
#include <mbedtls/net_sockets.h>
#include <sys/socket.h>

#include "port.h"
#include "tcp.h"
#include "tls_client.h"

static mbedtls_ssl_context ssl;
static int connection = TCP_CLOSED;

static bool would_block(void) { return errno == EAGAIN || errno == EWOULDBLOCK; }

static int send_bytes(void *context, const unsigned char *bytes, size_t length) {
  (void)context;
  const ssize_t sent = send(connection, bytes, length, 0);
  if (sent >= 0) return (int)sent;
  return would_block() ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_NET_SEND_FAILED;
}

static int receive_bytes(void *context, unsigned char *bytes, size_t size) {
  (void)context;
  const ssize_t received = recv(connection, bytes, size, 0);
  if (received >= 0) return (int)received;
  return would_block() ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_NET_RECV_FAILED;
}

static bool wants(int result) { return result == MBEDTLS_ERR_SSL_WANT_READ || result == MBEDTLS_ERR_SSL_WANT_WRITE; }

/* Waits for what mbedTLS wants, until `deadline`. */
static bool wait_for(int wanted, uint64_t deadline) {
  const uint64_t now = port_time_ms();
  const uint32_t left = now < deadline ? (uint32_t)(deadline - now) : 0u;
  return tcp_wait(connection, wanted == MBEDTLS_ERR_SSL_WANT_READ ? TCP_READABLE : TCP_WRITABLE, left);
}

static void drop(void) {
  tls_client_end(&ssl);
  tcp_close(&connection);
}

static bool shake_hands(uint32_t timeout_ms) {
  const uint64_t deadline = port_time_ms() + timeout_ms;
  int result = mbedtls_ssl_handshake(&ssl);
  while (wants(result) && wait_for(result, deadline)) result = mbedtls_ssl_handshake(&ssl);
  return result == 0;
}

enum port_tls_error port_tls_connect(const struct port_tls_peer *peer) {
  const enum port_tls_error error = tcp_connect(peer->host, peer->port, peer->tcp_timeout_ms, &connection);
  if (error != PORT_TLS_OK) return error;
  bool connected = tls_client_begin(&ssl, peer);
  if (connected) {
    mbedtls_ssl_set_bio(&ssl, NULL, send_bytes, receive_bytes, NULL);
    connected = shake_hands(peer->handshake_timeout_ms);
  }
  if (!connected) drop();
  return connected ? PORT_TLS_OK : PORT_TLS_HANDSHAKE;
}

/* The next call after a 0 must be with the same bytes, as mbedTLS asks. */
int port_tls_write(const uint8_t *bytes, size_t length, uint32_t timeout_ms) {
  if (connection == TCP_CLOSED) return -1;
  const uint64_t deadline = port_time_ms() + timeout_ms;
  int result = mbedtls_ssl_write(&ssl, bytes, length);
  while (wants(result)) {
    if (!wait_for(result, deadline)) return 0;
    result = mbedtls_ssl_write(&ssl, bytes, length);
  }
  return result == (int)length ? result : -1;
}

int port_tls_read(uint8_t *bytes, size_t size, uint32_t timeout_ms) {
  if (connection == TCP_CLOSED) return -1;
  const uint64_t deadline = port_time_ms() + timeout_ms;
  int result = mbedtls_ssl_read(&ssl, bytes, size);
  while (wants(result)) {
    if (!wait_for(result, deadline)) return 0;
    result = mbedtls_ssl_read(&ssl, bytes, size);
  }
  /* 0 is the end of the connection to mbedTLS, and close_notify an error. */
  return result > 0 ? result : -1;
}

void port_tls_close(void) {
  if (connection == TCP_CLOSED) return;
  (void)mbedtls_ssl_close_notify(&ssl);
  drop();
}
