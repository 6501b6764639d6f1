#include "tls_session.h"

#include <errno.h>
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/error.h>
#include <mbedtls/net_sockets.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chip_hooks.h"
#include "ending.h"
#include "tls_offer.h"
#include "tls_verify.h"

static mbedtls_x509_crt trusted;
static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context generator;

bool tls_session_trust(const char *ca_file) {
  char why[128];
  mbedtls_x509_crt_init(&trusted);
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&generator);
  int status = mbedtls_ctr_drbg_seed(&generator, mbedtls_entropy_func, &entropy, NULL, 0);
  if (status == 0) status = mbedtls_x509_crt_parse_file(&trusted, ca_file);
  if (status == 0) return true;
  if (status > 0) (void)snprintf(why, sizeof why, "%d of its certificates cannot be read", status);
  else mbedtls_strerror(status, why, sizeof why);
  (void)fprintf(stderr, "emu-firmware: %s: %s\n", ca_file, why);
  return false;
}

static int send_bytes(void *context, const unsigned char *bytes, size_t length) {
  const struct tls_session *session = context;
  const ssize_t count = send(session->descriptor, bytes, length, MSG_NOSIGNAL);
  if (count >= 0) return (int)count;
  return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_WRITE : MBEDTLS_ERR_NET_SEND_FAILED;
}

static int receive_bytes(void *context, unsigned char *bytes, size_t size) {
  struct tls_session *session = context;
  const ssize_t count = recv(session->descriptor, bytes, size, 0);
  if (count < 0) return errno == EAGAIN || errno == EINTR ? MBEDTLS_ERR_SSL_WANT_READ : MBEDTLS_ERR_NET_RECV_FAILED;
  return record_limit_take(&session->limit, bytes, (size_t)count) ? (int)count : MBEDTLS_ERR_NET_RECV_FAILED;
}

/* The device's certificates with the chip's key, where it has any. */
static bool introduce(struct tls_session *session, const struct port_tls_peer *peer) {
  if (peer->certificate_count == 0) return true;
  for (size_t i = 0; i < peer->certificate_count; i++) {
    const struct port_der *der = &peer->certificates[i];
    if (mbedtls_x509_crt_parse_der(&session->certificates, der->bytes, der->length) != 0) return false;
  }
  return chip_hooks_key(&session->key) &&
         mbedtls_ssl_conf_own_cert(&session->settings, &session->certificates, &session->key) == 0;
}

bool tls_session_begin(struct tls_session *session, int descriptor, const struct port_tls_peer *peer) {
  session->descriptor = descriptor;
  session->limit = (struct record_limit){.left = 0};
  mbedtls_ssl_init(&session->ssl);
  mbedtls_ssl_config_init(&session->settings);
  mbedtls_x509_crt_init(&session->certificates);
  mbedtls_pk_init(&session->key);
  mbedtls_ssl_conf_rng(&session->settings, mbedtls_ctr_drbg_random, &generator);
  mbedtls_ssl_conf_ca_chain(&session->settings, &trusted, NULL);
  mbedtls_ssl_conf_verify(&session->settings, tls_verify, (void *)peer->host);
  mbedtls_ssl_set_bio(&session->ssl, session, send_bytes, receive_bytes, NULL);
  if (tls_offer(&session->settings) && introduce(session, peer) &&
      mbedtls_ssl_setup(&session->ssl, &session->settings) == 0 &&
      (!tls_offers_name() || mbedtls_ssl_set_hostname(&session->ssl, peer->host) == 0)) {
    return true;
  }
  tls_session_end(session);
  return false;
}

bool tls_session_shake_hands(struct tls_session *session, const struct port_tls_peer *peer) {
  const uint64_t until = port_time_ms() + peer->handshake_timeout_ms;
  while (session->ssl.state != MBEDTLS_SSL_HANDSHAKE_OVER) {
    const int status = mbedtls_ssl_handshake_step(&session->ssl);
    if (status == 0) {
      /* A name that was not offered is checked all the same. */
      const bool offered = session->ssl.state == MBEDTLS_SSL_SERVER_HELLO && !tls_offers_name();
      if (offered && mbedtls_ssl_set_hostname(&session->ssl, peer->host) != 0) return false;
      continue;
    }
    if (status != MBEDTLS_ERR_SSL_WANT_READ && status != MBEDTLS_ERR_SSL_WANT_WRITE) return false;
    const uint64_t now = port_time_ms();
    const short events = status == MBEDTLS_ERR_SSL_WANT_READ ? POLLIN : POLLOUT;
    if (now >= until || !ending_poll(session->descriptor, events, (uint32_t)(until - now))) return false;
  }
  return true;
}

void tls_session_end(struct tls_session *session) {
  mbedtls_ssl_free(&session->ssl);
  mbedtls_ssl_config_free(&session->settings);
  mbedtls_x509_crt_free(&session->certificates);
  mbedtls_pk_free(&session->key);
  (void)close(session->descriptor);
}
