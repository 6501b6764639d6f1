/*
 * mbedTLS 3's hooks for another implementation of ECDH and ECDSA, filled with the chip. They stand in for every caller in the
 * program, and TLS is the only one: sdkconfig.defaults turns off what of Wi-Fi calls them.
 */
#include <mbedtls/ecdh.h>
#include <mbedtls/ecdsa.h>
#include <mbedtls/error.h>
#include <mbedtls/platform_util.h>
#include <stdint.h>

#include "atecc.h"
#include "chip_keys.h"

/* An uncompressed point: 04, X, Y (RFC 8422 5.4.1). */
#define POINT_LENGTH 65u
#define UNCOMPRESSED 0x04u
#define SCALAR_LENGTH 32u

int mbedtls_ecdh_gen_public(mbedtls_ecp_group *grp, mbedtls_mpi *d, mbedtls_ecp_point *Q,
                            int (*f_rng)(void *, unsigned char *, size_t), void *p_rng) {
  (void)f_rng, (void)p_rng;
  (void)d; /* stays in the chip's TempKey */
  if (grp->id != MBEDTLS_ECP_DP_SECP256R1) return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
  uint8_t point[POINT_LENGTH] = {UNCOMPRESSED};
  if (chip_keys_generate(point + 1) != ATECC_OK) return MBEDTLS_ERR_PLATFORM_HW_ACCEL_FAILED;
  return mbedtls_ecp_point_read_binary(grp, Q, point, sizeof point);
}

/* That the peer's point is on the curve is the chip's to check. */
int mbedtls_ecdh_compute_shared(mbedtls_ecp_group *grp, mbedtls_mpi *z, const mbedtls_ecp_point *Q, const mbedtls_mpi *d,
                                int (*f_rng)(void *, unsigned char *, size_t), void *p_rng) {
  (void)d, (void)f_rng, (void)p_rng;
  if (grp->id != MBEDTLS_ECP_DP_SECP256R1) return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
  uint8_t point[POINT_LENGTH];
  size_t written = 0;
  int result = mbedtls_ecp_point_write_binary(grp, Q, MBEDTLS_ECP_PF_UNCOMPRESSED, &written, point, sizeof point);
  if (result != 0) return result;
  if (written != sizeof point) return MBEDTLS_ERR_ECP_BAD_INPUT_DATA;
  uint8_t secret[SCALAR_LENGTH];
  result = chip_keys_agree(point + 1, secret) == ATECC_OK ? mbedtls_mpi_read_binary(z, secret, sizeof secret)
                                                         : MBEDTLS_ERR_PLATFORM_HW_ACCEL_FAILED;
  mbedtls_platform_zeroize(secret, sizeof secret);
  return result;
}

int mbedtls_ecdsa_sign(mbedtls_ecp_group *grp, mbedtls_mpi *r, mbedtls_mpi *s, const mbedtls_mpi *d, const unsigned char *buf,
                       size_t blen, int (*f_rng)(void *, unsigned char *, size_t), void *p_rng) {
  (void)d, (void)f_rng, (void)p_rng;
  if (grp->id != MBEDTLS_ECP_DP_SECP256R1 || blen != SCALAR_LENGTH) return MBEDTLS_ERR_ECP_FEATURE_UNAVAILABLE;
  uint8_t signature[2u * SCALAR_LENGTH];
  if (chip_keys_sign(buf, signature) != ATECC_OK) return MBEDTLS_ERR_PLATFORM_HW_ACCEL_FAILED;
  const int result = mbedtls_mpi_read_binary(r, signature, SCALAR_LENGTH);
  return result != 0 ? result : mbedtls_mpi_read_binary(s, signature + SCALAR_LENGTH, SCALAR_LENGTH);
}
