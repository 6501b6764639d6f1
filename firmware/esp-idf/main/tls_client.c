#include "tls_client.h"

#include <esp_random.h>
#include <mbedtls/x509_crt.h>
#include <sdkconfig.h>
#include <string.h>

#include "profile.h"

#define LIST_LIMIT 8u

#ifdef CONFIG_FIRMWARE_FACTORY
static const char broker_ca_pem[] = ""; /* it connects to nobody */
#else
/* A text, which CMakeLists.txt puts into the program. */
extern const char broker_ca_pem[];
#endif

static mbedtls_ssl_config config;
static mbedtls_x509_crt trusted, own;
static int suites[LIST_LIMIT + 1];
static uint16_t groups[LIST_LIMIT + 1];

/* The radio is on, so these are true random numbers (ESP32 Technical Reference Manual, Random Number Generator). */
static int random_bytes(void *context, unsigned char *bytes, size_t length) {
  (void)context;
  esp_fill_random(bytes, length);
  return 0;
}

static void offer(const struct profile_tls *tls) {
  size_t count = tls->cipher_suite_count < LIST_LIMIT ? tls->cipher_suite_count : LIST_LIMIT;
  for (size_t i = 0; i < count; i++) suites[i] = tls->cipher_suites[i];
  suites[count] = 0;
  count = tls->curve_count < LIST_LIMIT ? tls->curve_count : LIST_LIMIT;
  for (size_t i = 0; i < count; i++) groups[i] = tls->curves[i];
  groups[count] = MBEDTLS_SSL_IANA_TLS_GROUP_NONE;
  mbedtls_ssl_conf_ciphersuites(&config, suites);
  mbedtls_ssl_conf_groups(&config, groups);
  mbedtls_ssl_conf_min_tls_version(&config, MBEDTLS_SSL_VERSION_TLS1_2);
  mbedtls_ssl_conf_max_tls_version(&config, MBEDTLS_SSL_VERSION_TLS1_2);
  mbedtls_ssl_conf_extended_master_secret(&config, tls->extended_master_secret ? MBEDTLS_SSL_EXTENDED_MS_ENABLED
                                                                               : MBEDTLS_SSL_EXTENDED_MS_DISABLED);
}

/* Behind the certificates is the chip: the public key of the first stands where mbedTLS wants a private one. */
static bool present(const struct port_tls_peer *peer) {
  for (size_t i = 0; i < peer->certificate_count; i++)
    if (mbedtls_x509_crt_parse_der(&own, peer->certificates[i].bytes, peer->certificates[i].length) != 0) return false;
  return peer->certificate_count == 0 || mbedtls_ssl_conf_own_cert(&config, &own, &own.pk) == 0;
}

bool tls_client_begin(mbedtls_ssl_context *ssl, const struct port_tls_peer *peer) {
  mbedtls_ssl_init(ssl);
  mbedtls_ssl_config_init(&config);
  mbedtls_x509_crt_init(&trusted);
  mbedtls_x509_crt_init(&own);
  if (mbedtls_ssl_config_defaults(&config, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                  MBEDTLS_SSL_PRESET_DEFAULT) != 0)
    return false;
  /* Of PEM the length counts the NUL. */
  if (mbedtls_x509_crt_parse(&trusted, (const unsigned char *)broker_ca_pem, strlen(broker_ca_pem) + 1) != 0) return false;
  mbedtls_ssl_conf_ca_chain(&config, &trusted, NULL);
  mbedtls_ssl_conf_authmode(&config, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_rng(&config, random_bytes, NULL);
  offer(&PROFILE.tls);
  return present(peer) && mbedtls_ssl_setup(ssl, &config) == 0 && mbedtls_ssl_set_hostname(ssl, peer->host) == 0;
}

void tls_client_end(mbedtls_ssl_context *ssl) {
  mbedtls_ssl_free(ssl);
  mbedtls_ssl_config_free(&config);
  mbedtls_x509_crt_free(&trusted);
  mbedtls_x509_crt_free(&own);
}
