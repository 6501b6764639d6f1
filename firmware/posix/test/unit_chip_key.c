#include <mbedtls/md.h>
#include <string.h>

#include "../../core/atecc.h"
#include "../../core/chip_keys.h"
#include "../../test/check.h"
#include "../chip_hooks.h"

static uint8_t answer[64], asked[32];
static int result;

int chip_keys_sign(const uint8_t digest[32], uint8_t signature[64]) {
  memcpy(asked, digest, sizeof asked);
  memcpy(signature, answer, sizeof answer);
  return result;
}

static const uint8_t digest[32] = {0xd1, 0x9e, 0x57};

/* The DER of R and S that each begin with these bytes and go on with 0. */
static void check_signature(const uint8_t *r, const uint8_t *s, const uint8_t *expected, size_t expected_length) {
  mbedtls_pk_context key;
  uint8_t signature[MBEDTLS_PK_SIGNATURE_MAX_SIZE];
  size_t length = 0;
  memcpy(answer, r, 32);
  memcpy(answer + 32, s, 32);
  mbedtls_pk_init(&key);
  CHECK(chip_hooks_key(&key));
  CHECK_EQUAL(0, mbedtls_pk_sign(&key, MBEDTLS_MD_SHA256, digest, sizeof digest, signature, &length, NULL, NULL));
  CHECK_BYTES(digest, asked, sizeof digest);
  CHECK_EQUAL(expected_length, length);
  CHECK_BYTES(expected, signature, expected_length);
  mbedtls_pk_free(&key);
}

int main(void) {
  /* X.690 8.3: an INTEGER has the fewest bytes, and its first bit is the sign. */
  check_case("R of 1 and S with its highest bit");
  const uint8_t one[32] = {[31] = 1};
  const uint8_t high[32] = {0x80};
  const uint8_t short_long[0x28] = {0x30, 0x26, 0x02, 0x01, 0x01, 0x02, 0x21, 0x00, 0x80};
  check_signature(one, high, short_long, sizeof short_long);

  check_case("R without its highest bit and S of 31 bytes");
  const uint8_t low[32] = {0x7f};
  const uint8_t shorter[32] = {0x00, 0x7f};
  uint8_t plain[2 + 34 + 33] = {0x30, 0x43, 0x02, 0x20, 0x7f};
  plain[36] = 0x02, plain[37] = 0x1f, plain[38] = 0x7f;
  check_signature(low, shorter, plain, sizeof plain);

  check_case("a leading zero byte that has to stay, and nothing at all");
  const uint8_t stays[32] = {0x00, 0x80};
  const uint8_t nothing[32] = {0};
  uint8_t kept[2 + 34 + 3] = {0x30, 0x25, 0x02, 0x20, 0x00, 0x80};
  kept[36] = 0x02, kept[37] = 0x01;
  check_signature(stays, nothing, kept, sizeof kept);

  check_case("what the chip refuses");
  mbedtls_pk_context key;
  uint8_t signature[MBEDTLS_PK_SIGNATURE_MAX_SIZE];
  size_t length = 0;
  mbedtls_pk_init(&key);
  CHECK(chip_hooks_key(&key));
  result = ATECC_TIMEOUT;
  CHECK(mbedtls_pk_sign(&key, MBEDTLS_MD_SHA256, digest, 32, signature, &length, NULL, NULL) != 0);

  check_case("a digest that it cannot sign");
  result = ATECC_OK;
  CHECK(mbedtls_pk_sign(&key, MBEDTLS_MD_SHA384, digest, 48, signature, &length, NULL, NULL) != 0);

  check_case("what the key is");
  CHECK_EQUAL(256, mbedtls_pk_get_bitlen(&key));
  CHECK(mbedtls_pk_can_do(&key, MBEDTLS_PK_ECDSA) == 1);
  CHECK(mbedtls_pk_can_do(&key, MBEDTLS_PK_RSA) == 0);
  mbedtls_pk_free(&key);
  return check_end("chip_key");
}
