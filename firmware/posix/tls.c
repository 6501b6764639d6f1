/*
 * The connection of port.h. Two tasks use it: `state` is held for each call of the library, never while something is
 * waited for, and `writing` from the first byte of a packet to its last.
 */
#include <poll.h>
#include <pthread.h>

#include "../core/port.h"
#include "../core/profile.h"
#include "ending.h"
#include "tcp.h"
#include "tls_session.h"

static pthread_mutex_t state = PTHREAD_MUTEX_INITIALIZER;
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;
static struct tls_session session;
static bool is_open, is_broken;
static uint32_t number; /* of the connection: another one may follow while a task waits */

enum port_tls_error port_tls_connect(const struct port_tls_peer *peer) {
  port_tls_close();
  const int descriptor = tcp_connect(peer->host, peer->port, peer->tcp_timeout_ms);
  if (descriptor == TCP_NO_ADDRESS) return PORT_TLS_NO_ADDRESS;
  if (descriptor == TCP_NO_CONNECTION) return PORT_TLS_NO_CONNECTION;
  if (!tls_session_begin(&session, descriptor, peer)) return PORT_TLS_HANDSHAKE;
  if (!tls_session_shake_hands(&session, peer)) {
    tls_session_end(&session);
    return PORT_TLS_HANDSHAKE;
  }
  (void)pthread_mutex_lock(&state);
  is_open = true;
  is_broken = false;
  number++;
  (void)pthread_mutex_unlock(&state);
  return PORT_TLS_OK;
}

void port_tls_close(void) {
  (void)pthread_mutex_lock(&state);
  if (is_open) {
    is_open = false;
    if (!is_broken) (void)mbedtls_ssl_close_notify(&session.ssl);
    tls_session_end(&session);
  }
  (void)pthread_mutex_unlock(&state);
}

/* The present connection: false when there is none. */
static bool present(uint32_t *which, int *descriptor) {
  (void)pthread_mutex_lock(&state);
  const bool is_there = is_open && !is_broken;
  *which = number;
  *descriptor = is_there ? session.descriptor : -1;
  (void)pthread_mutex_unlock(&state);
  return is_there;
}

/* One step of the library, on the connection that it is meant for: none is an error of the library, too. */
static int step(uint32_t which, const uint8_t *out, uint8_t *in, size_t length) {
  int status = MBEDTLS_ERR_SSL_CONN_EOF;
  (void)pthread_mutex_lock(&state);
  if (is_open && !is_broken && number == which) {
    status = out != NULL ? mbedtls_ssl_write(&session.ssl, out, length) : mbedtls_ssl_read(&session.ssl, in, length);
    is_broken = status <= 0 && status != MBEDTLS_ERR_SSL_WANT_READ && status != MBEDTLS_ERR_SSL_WANT_WRITE;
  }
  (void)pthread_mutex_unlock(&state);
  return status;
}

/* The rest of a record that has begun cannot be left out. */
static void give_up(uint32_t which) {
  (void)pthread_mutex_lock(&state);
  if (number == which) is_broken = true;
  (void)pthread_mutex_unlock(&state);
}

/* One record, whole or not begun: its length, 0 or -1. */
static int write_record(const uint8_t *bytes, size_t length, uint32_t timeout_ms) {
  uint32_t which;
  int descriptor;
  if (!present(&which, &descriptor)) return -1;
  if (!ending_poll(descriptor, POLLOUT, timeout_ms)) return port_ending() ? -1 : 0;
  for (;;) {
    const int status = step(which, bytes, NULL, length);
    if (status > 0) return status;
    if (status != MBEDTLS_ERR_SSL_WANT_WRITE) return -1;
    if (!ending_poll(descriptor, POLLOUT, timeout_ms)) {
      give_up(which);
      return -1;
    }
  }
}

int port_tls_write(const uint8_t *bytes, size_t length, uint32_t timeout_ms) {
  size_t written = 0;
  (void)pthread_mutex_lock(&writing);
  while (written < length) {
    const size_t left = length - written;
    const size_t part = left < PROFILE.tls.max_record_bytes ? left : PROFILE.tls.max_record_bytes;
    const int status = write_record(bytes + written, part, timeout_ms);
    if (status <= 0) {
      (void)pthread_mutex_unlock(&writing);
      return written == 0 ? status : -1;
    }
    written += (size_t)status;
  }
  (void)pthread_mutex_unlock(&writing);
  return (int)length;
}

int port_tls_read(uint8_t *bytes, size_t size, uint32_t timeout_ms) {
  const uint64_t until = port_time_ms() + timeout_ms;
  uint32_t which;
  int descriptor;
  if (!present(&which, &descriptor)) return -1;
  for (;;) {
    const int status = step(which, NULL, bytes, size);
    if (status > 0) return status;
    if (status != MBEDTLS_ERR_SSL_WANT_READ) return -1;
    const uint64_t now = port_time_ms();
    if (now >= until || !ending_poll(descriptor, POLLIN, (uint32_t)(until - now))) return 0;
  }
}
