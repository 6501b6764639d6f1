/* What the board's library, mbedTLS 2.16 of ESP-IDF 3.3, offers and takes, said to this machine's. */
#ifndef TLS_OFFER_H
#define TLS_OFFER_H

#include <mbedtls/ssl.h>
#include <stdbool.h>

/* False when this machine's library cannot do what the profile says. */
bool tls_offer(mbedtls_ssl_config *settings);

/* Whether the ClientHello has the server's name. */
bool tls_offers_name(void);

#endif
