/*
 * One TLS connection by mbedTLS 3 over a socket that does not block. mbedTLS and lwIP take a connection's memory from the heap.
 * Two tasks use it: `guard` is held for each call of mbedTLS and never while something is waited for, `turn` by the task that writes.
 */
#include <errno.h>
#include <freertos/FreeRTOS.h>
#include <freertos/semphr.h>
#include <mbedtls/net_sockets.h>
#include <sys/socket.h>

#include "board.h"
#include "port.h"
#include "tcp.h"
#include "tls_client.h"

static SemaphoreHandle_t guard, turn;
static StaticSemaphore_t guard_memory, turn_memory;
static mbedtls_ssl_context ssl;
static int connection = TCP_CLOSED;
static bool is_open; /* from the end of the handshake */
static bool unfinished; /* a record that was given up is partly sent */

void tls_start(void) {
  guard = xSemaphoreCreateMutexStatic(&guard_memory);
  turn = xSemaphoreCreateMutexStatic(&turn_memory);
}

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

static uint32_t left_until(uint64_t deadline) {
  const uint64_t now = port_time_ms();
  return now < deadline ? (uint32_t)(deadline - now) : 0u;
}

static bool wait_for(int wanted, uint64_t deadline) {
  return tcp_wait(connection, wanted == MBEDTLS_ERR_SSL_WANT_READ ? TCP_READABLE : TCP_WRITABLE, left_until(deadline));
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
  unfinished = false;
  if (connected) is_open = true;
  else drop();
  return connected ? PORT_TLS_OK : PORT_TLS_HANDSHAKE;
}

static int write_guarded(const uint8_t *bytes, size_t length) {
  (void)xSemaphoreTake(guard, portMAX_DELAY);
  const int result = is_open ? mbedtls_ssl_write(&ssl, bytes, length) : MBEDTLS_ERR_NET_CONN_RESET;
  (void)xSemaphoreGive(guard);
  return result;
}

static int write_record(const uint8_t *bytes, size_t length, uint64_t deadline) {
  int result = write_guarded(bytes, length);
  while (wants(result)) {
    if (!wait_for(result, deadline)) return 0;
    result = write_guarded(bytes, length);
  }
  return result == (int)length ? result : -1;
}

static int write_in_turn(const uint8_t *bytes, size_t length, uint64_t deadline) {
  if (!is_open) return -1;
  /* As the original's ssl_poll_write: nothing is begun while the peer takes nothing. */
  if (!tcp_wait(connection, TCP_WRITABLE, left_until(deadline))) return 0;
  if (unfinished) {
    /* mbedTLS sends the rest of the record that it has, and nothing of these bytes. */
    const int rest = write_record(bytes, length, deadline);
    if (rest <= 0) return rest;
  }
  const int result = write_record(bytes, length, deadline);
  unfinished = result == 0;
  return result;
}

int port_tls_write(const uint8_t *bytes, size_t length, uint32_t timeout_ms) {
  const uint64_t deadline = port_time_ms() + timeout_ms;
  if (xSemaphoreTake(turn, pdMS_TO_TICKS(timeout_ms)) != pdTRUE) return 0;
  const int result = write_in_turn(bytes, length, deadline);
  (void)xSemaphoreGive(turn);
  return result;
}

static int read_guarded(uint8_t *bytes, size_t size) {
  (void)xSemaphoreTake(guard, portMAX_DELAY);
  const int result = mbedtls_ssl_read(&ssl, bytes, size);
  (void)xSemaphoreGive(guard);
  return result;
}

/* Of the task that connects and closes. */
int port_tls_read(uint8_t *bytes, size_t size, uint32_t timeout_ms) {
  if (!is_open) return -1;
  const uint64_t deadline = port_time_ms() + timeout_ms;
  int result = read_guarded(bytes, size);
  while (wants(result)) {
    if (!wait_for(result, deadline)) return 0;
    result = read_guarded(bytes, size);
  }
  /* 0 is the end of the connection to mbedTLS, and close_notify an error. */
  return result > 0 ? result : -1;
}

void port_tls_close(void) {
  if (!is_open) return;
  (void)xSemaphoreTake(guard, portMAX_DELAY);
  (void)mbedtls_ssl_close_notify(&ssl);
  is_open = false;
  (void)shutdown(connection, SHUT_RDWR); /* ends the wait of a task that writes */
  (void)xSemaphoreGive(guard);
  (void)xSemaphoreTake(turn, portMAX_DELAY);
  drop();
  (void)xSemaphoreGive(turn);
}
