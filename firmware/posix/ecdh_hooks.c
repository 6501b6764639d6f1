#include <mbedtls/ecdh.h>
#include <mbedtls/platform.h>
#include <string.h>

#include "../core/atecc.h"
#include "../core/chip_keys.h"

#define COORDINATES 64u
#define UNCOMPRESSED 0x04 /* X||Y follow (RFC 8422 5.4.1) */

/* The chip has the private key: `d` only has to be there. */
int mbedtls_ecdh_gen_public(mbedtls_ecp_group *grp, mbedtls_mpi *d, mbedtls_ecp_point *Q,
                            int (*f_rng)(void *, unsigned char *, size_t), void *p_rng) {
  uint8_t point[1u + COORDINATES] = {UNCOMPRESSED};
  (void)f_rng, (void)p_rng;
  if (grp->id != MBEDTLS_ECP_DP_SECP256R1) return MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED;
  if (chip_keys_generate(point + 1) != ATECC_OK) return MBEDTLS_ERR_PLATFORM_HW_ACCEL_FAILED;
  const int status = mbedtls_mpi_lset(d, 1);
  return status == 0 ? mbedtls_ecp_point_read_binary(grp, Q, point, sizeof point) : status;
}

int mbedtls_ecdh_compute_shared(mbedtls_ecp_group *grp, mbedtls_mpi *z, const mbedtls_ecp_point *Q,
                                const mbedtls_mpi *d, int (*f_rng)(void *, unsigned char *, size_t),
                                void *p_rng) {
  uint8_t peer[1u + COORDINATES];
  uint8_t secret[32];
  size_t length = 0;
  (void)d, (void)f_rng, (void)p_rng;
  if (grp->id != MBEDTLS_ECP_DP_SECP256R1) return MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED;
  int status = mbedtls_ecp_point_write_binary(grp, Q, MBEDTLS_ECP_PF_UNCOMPRESSED, &length, peer, sizeof peer);
  if (status != 0) return status;
  if (length != sizeof peer) return MBEDTLS_ERR_ECP_INVALID_KEY;
  if (chip_keys_agree(peer + 1, secret) != ATECC_OK) return MBEDTLS_ERR_PLATFORM_HW_ACCEL_FAILED;
  status = mbedtls_mpi_read_binary(z, secret, sizeof secret);
  memset(secret, 0, sizeof secret);
  return status;
}
