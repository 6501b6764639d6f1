#include "public_key.h"

#include <string.h>

#include "port.h"

/* SubjectPublicKeyInfo of an uncompressed P-256 point up to X (RFC 5480 2). */
static const uint8_t p256_prefix[27] = {0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
                                        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
                                        0x04};

void public_key_pad(const uint8_t key[64], uint8_t padded[PADDED_KEY_LENGTH]) {
  memset(padded, 0, PADDED_KEY_LENGTH);
  memcpy(&padded[4], key, 32);
  memcpy(&padded[40], &key[32], 32);
}

void public_key_unpad(const uint8_t padded[PADDED_KEY_LENGTH], uint8_t key[64]) {
  memcpy(key, &padded[4], 32);
  memcpy(&key[32], &padded[40], 32);
}

void public_key_identifier(const uint8_t key[64], uint8_t identifier[20]) {
  uint8_t point[65];
  point[0] = 0x04;
  memcpy(&point[1], key, 64);
  port_sha1(point, sizeof point, identifier);
}

void public_key_info(const uint8_t key[64], uint8_t info[PUBLIC_KEY_INFO_LENGTH]) {
  memcpy(info, p256_prefix, sizeof p256_prefix);
  memcpy(&info[sizeof p256_prefix], key, 64);
}

const uint8_t *public_key_from_info(const uint8_t *info, size_t length) {
  if (length != PUBLIC_KEY_INFO_LENGTH || memcmp(info, p256_prefix, sizeof p256_prefix) != 0) return NULL;
  return &info[sizeof p256_prefix];
}
