#include "tls_offer.h"

#include "../core/profile.h"

#define LIST_LIMIT 8u

/* ssl_preset_default_hashes of mbedTLS 2.16. */
static const int signature_hashes[] = {MBEDTLS_MD_SHA512, MBEDTLS_MD_SHA384, MBEDTLS_MD_SHA256,
                                       MBEDTLS_MD_SHA224, MBEDTLS_MD_SHA1,   MBEDTLS_MD_NONE};

/* The library keeps the lists by their addresses. */
static bool offer_suites(mbedtls_ssl_config *settings) {
  static int suites[LIST_LIMIT + 1u];
  if (PROFILE.tls.cipher_suite_count > LIST_LIMIT) return false;
  for (size_t i = 0; i < PROFILE.tls.cipher_suite_count; i++) suites[i] = PROFILE.tls.cipher_suites[i];
  mbedtls_ssl_conf_ciphersuites(settings, suites);
  return true;
}

static bool offer_curves(mbedtls_ssl_config *settings) {
  static mbedtls_ecp_group_id curves[LIST_LIMIT + 1u];
  if (PROFILE.tls.curve_count > LIST_LIMIT) return false;
  for (size_t i = 0; i < PROFILE.tls.curve_count; i++) {
    const mbedtls_ecp_curve_info *info = mbedtls_ecp_curve_info_from_tls_id(PROFILE.tls.curves[i]);
    if (info == NULL) return false;
    curves[i] = info->grp_id;
  }
  mbedtls_ssl_conf_curves(settings, curves);
  return true;
}

bool tls_offer(mbedtls_ssl_config *settings) {
  /* mbedTLS always sends TLS_EMPTY_RENEGOTIATION_INFO_SCSV (ssl_write_client_hello). */
  if (!PROFILE.tls.renegotiation_scsv) return false;
  if (mbedtls_ssl_config_defaults(settings, MBEDTLS_SSL_IS_CLIENT, MBEDTLS_SSL_TRANSPORT_STREAM,
                                  MBEDTLS_SSL_PRESET_DEFAULT) != 0) {
    return false;
  }
  mbedtls_ssl_conf_min_version(settings, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_max_version(settings, MBEDTLS_SSL_MAJOR_VERSION_3, MBEDTLS_SSL_MINOR_VERSION_3);
  mbedtls_ssl_conf_authmode(settings, MBEDTLS_SSL_VERIFY_REQUIRED);
  mbedtls_ssl_conf_sig_hashes(settings, signature_hashes);
  mbedtls_ssl_conf_renegotiation(settings, MBEDTLS_SSL_RENEGOTIATION_DISABLED);
  mbedtls_ssl_conf_session_tickets(settings, MBEDTLS_SSL_SESSION_TICKETS_ENABLED);
  mbedtls_ssl_conf_encrypt_then_mac(settings, MBEDTLS_SSL_ETM_ENABLED);
  const bool extended = PROFILE.tls.extended_master_secret;
  mbedtls_ssl_conf_extended_master_secret(
      settings, extended ? MBEDTLS_SSL_EXTENDED_MS_ENABLED : MBEDTLS_SSL_EXTENDED_MS_DISABLED);
  return offer_suites(settings) && offer_curves(settings);
}

bool tls_offers_name(void) { return PROFILE.tls.server_name; }
