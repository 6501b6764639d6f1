#include <mbedtls/pk_internal.h>
#include <mbedtls/platform.h>
#include <mbedtls/version.h>
#include <string.h>

#include "../core/atecc.h"
#include "../core/chip_keys.h"
#include "chip_hooks.h"

/* struct mbedtls_pk_info_t is the library's own affair, and another one in each version. */
#if MBEDTLS_VERSION_NUMBER < 0x021C0000 || MBEDTLS_VERSION_NUMBER >= 0x021D0000
#error "this port is written for mbedTLS 2.28"
#endif

#define HALF 32u

static size_t bit_length(const void *context) {
  (void)context;
  return 256;
}

static int can_do(mbedtls_pk_type_t type) { return type == MBEDTLS_PK_ECKEY || type == MBEDTLS_PK_ECDSA; }

/* An INTEGER of DER (X.690 8.3) from 32 bytes: as short as may be, and positive. Returns its length, 35 at most. */
static size_t put_integer(uint8_t *out, const uint8_t bytes[HALF]) {
  size_t skipped = 0;
  while (skipped < HALF - 1u && bytes[skipped] == 0) skipped++;
  const size_t pad = (bytes[skipped] & 0x80u) != 0 ? 1u : 0u;
  const size_t length = pad + HALF - skipped;
  out[0] = 0x02;
  out[1] = (uint8_t)length;
  out[2] = 0;
  memcpy(out + 2 + pad, bytes + skipped, HALF - skipped);
  return 2u + length;
}

/* ECDSA-Sig-Value (RFC 3279 2.2.3) over a ready digest. */
static int sign(void *context, mbedtls_md_type_t md_alg, const unsigned char *hash, size_t hash_len, unsigned char *sig,
                size_t *sig_len, int (*f_rng)(void *, unsigned char *, size_t), void *p_rng) {
  uint8_t halves[2u * HALF];
  (void)context, (void)f_rng, (void)p_rng;
  if (md_alg != MBEDTLS_MD_SHA256 || hash_len != 32u) return MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED;
  if (chip_keys_sign(hash, halves) != ATECC_OK) return MBEDTLS_ERR_PLATFORM_HW_ACCEL_FAILED;
  const size_t r_length = put_integer(sig + 2, halves);
  const size_t s_length = put_integer(sig + 2 + r_length, halves + HALF);
  sig[0] = 0x30;
  sig[1] = (uint8_t)(r_length + s_length);
  *sig_len = 2u + r_length + s_length;
  return 0;
}

static void *allocate(void) {
  static uint8_t nothing; /* the chip has all that there is */
  return &nothing;
}

static void release(void *context) { (void)context; }

bool chip_hooks_key(mbedtls_pk_context *key) {
  static const mbedtls_pk_info_t chip_key = {
      .type = MBEDTLS_PK_ECKEY,
      .name = "ATECC608A",
      .get_bitlen = bit_length,
      .can_do = can_do,
      .sign_func = sign,
      .ctx_alloc_func = allocate,
      .ctx_free_func = release,
  };
  return mbedtls_pk_setup(key, &chip_key) == 0;
}
