/* One TLS connection by mbedTLS, as the board's library is configured. */
#ifndef TLS_SESSION_H
#define TLS_SESSION_H

#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>
#include <stdbool.h>
#include <stdint.h>

#include "../core/port.h"
#include "record_limit.h"

struct tls_session {
  int descriptor;
  struct record_limit limit;
  mbedtls_ssl_context ssl;
  mbedtls_ssl_config settings;
  mbedtls_x509_crt certificates;
  mbedtls_pk_context key;
};

/* Once: what servers are verified against. Says what is wrong on standard error. */
bool tls_session_trust(const char *ca_file);

/* Sets the session up over a connected socket, which is closed with it, or when the library refuses: then false. */
bool tls_session_begin(struct tls_session *session, int descriptor, const struct port_tls_peer *peer);

/* The whole handshake, within the peer's time. */
bool tls_session_shake_hands(struct tls_session *session, const struct port_tls_peer *peer);

/* Frees everything and closes the socket. */
void tls_session_end(struct tls_session *session);

#endif
