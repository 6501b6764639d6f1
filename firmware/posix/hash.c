#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>

#include "../core/port.h"
#include "ending.h"

void port_sha256(const uint8_t *bytes, size_t length, uint8_t digest[32]) {
  if (mbedtls_sha256_ret(bytes, length, digest, 0) != 0) ending_give_up("no SHA-256");
}

void port_sha1(const uint8_t *bytes, size_t length, uint8_t digest[20]) {
  if (mbedtls_sha1_ret(bytes, length, digest) != 0) ending_give_up("no SHA-1");
}
