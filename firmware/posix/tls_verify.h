/* What of a server's certificate counts for the board, where this machine's library thinks otherwise. */
#ifndef TLS_VERIFY_H
#define TLS_VERIFY_H

#include <mbedtls/x509_crt.h>

/* For mbedtls_ssl_conf_verify; the context is the host that was asked for, a text. */
int tls_verify(void *host, mbedtls_x509_crt *certificate, int depth, uint32_t *flags);

#endif
