/* The key operations without a chip, by the library's own arithmetic, and how often each was asked for. */
#include "software_keys.h"

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/atecc.h"
#include "../../core/chip_keys.h"

struct software_key_calls software_key_calls;

static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context generator;
static mbedtls_pk_context device;
static mbedtls_ecp_group group;
static mbedtls_mpi ephemeral;

/* The chip of FAILS=sign answers no Sign. */
static bool fails(const char *operation) {
  const char *name = getenv("FAILS");
  return name != NULL && strcmp(name, operation) == 0;
}

bool software_keys_begin(const char *key_file) {
  mbedtls_entropy_init(&entropy);
  mbedtls_ctr_drbg_init(&generator);
  mbedtls_pk_init(&device);
  mbedtls_ecp_group_init(&group);
  mbedtls_mpi_init(&ephemeral);
  return mbedtls_ctr_drbg_seed(&generator, mbedtls_entropy_func, &entropy, NULL, 0) == 0 &&
         mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1) == 0 &&
         mbedtls_pk_parse_keyfile(&device, key_file, NULL) == 0;
}

void software_keys_end(void) {
  mbedtls_mpi_free(&ephemeral);
  mbedtls_ecp_group_free(&group);
  mbedtls_pk_free(&device);
  mbedtls_ctr_drbg_free(&generator);
  mbedtls_entropy_free(&entropy);
}

int chip_keys_generate(uint8_t public_key[64]) {
  mbedtls_ecp_point point;
  uint8_t bytes[65] = {0};
  size_t length = 0;
  software_key_calls.generate++;
  if (fails("generate")) return ATECC_TIMEOUT;
  mbedtls_ecp_point_init(&point);
  /* Not mbedtls_ecdh_gen_public: that is what the port stands in for. */
  int status = mbedtls_ecp_gen_keypair(&group, &ephemeral, &point, mbedtls_ctr_drbg_random, &generator);
  if (status == 0) {
    status = mbedtls_ecp_point_write_binary(&group, &point, MBEDTLS_ECP_PF_UNCOMPRESSED, &length, bytes, sizeof bytes);
  }
  mbedtls_ecp_point_free(&point);
  memcpy(public_key, bytes + 1, 64);
  return status == 0 ? ATECC_OK : ATECC_BAD_REPLY;
}

int chip_keys_agree(const uint8_t peer[64], uint8_t secret[32]) {
  mbedtls_ecp_point point, product;
  uint8_t bytes[65] = {4};
  software_key_calls.agree++;
  if (fails("agree")) return ATECC_TIMEOUT;
  memcpy(bytes + 1, peer, 64);
  mbedtls_ecp_point_init(&point);
  mbedtls_ecp_point_init(&product);
  int status = mbedtls_ecp_point_read_binary(&group, &point, bytes, sizeof bytes);
  if (status == 0) status = mbedtls_ecp_mul(&group, &product, &ephemeral, &point, mbedtls_ctr_drbg_random, &generator);
  if (status == 0) status = mbedtls_mpi_write_binary(&product.X, secret, 32);
  mbedtls_ecp_point_free(&product);
  mbedtls_ecp_point_free(&point);
  return status == 0 ? ATECC_OK : ATECC_BAD_REPLY;
}

int chip_keys_sign(const uint8_t digest[32], uint8_t signature[64]) {
  mbedtls_mpi r, s;
  const mbedtls_ecp_keypair *key = mbedtls_pk_ec(device);
  software_key_calls.sign++;
  if (fails("sign")) return ATECC_TIMEOUT;
  mbedtls_mpi_init(&r);
  mbedtls_mpi_init(&s);
  int status = mbedtls_ecdsa_sign(&group, &r, &s, &key->d, digest, 32, mbedtls_ctr_drbg_random, &generator);
  if (status == 0) status = mbedtls_mpi_write_binary(&r, signature, 32);
  if (status == 0) status = mbedtls_mpi_write_binary(&s, signature + 32, 32);
  mbedtls_mpi_free(&s);
  mbedtls_mpi_free(&r);
  return status == 0 ? ATECC_OK : ATECC_BAD_REPLY;
}
