/* What the device offers and trusts in TLS: the same for every connection but for the host and the device's certificates. */
#ifndef TLS_CLIENT_H
#define TLS_CLIENT_H

#include <mbedtls/ssl.h>
#include <stdbool.h>

#include "port.h"

/* Prepares `ssl` for one connection to the peer. False when mbedTLS refuses; then tls_client_end is to be called all the same. */
bool tls_client_begin(mbedtls_ssl_context *ssl, const struct port_tls_peer *peer);

void tls_client_end(mbedtls_ssl_context *ssl);

#endif
