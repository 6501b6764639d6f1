#include <mbedtls/sha1.h>
#include <mbedtls/sha256.h>
#include <stdlib.h>

#include "port.h"

/* The hash engine is there or the build is wrong: neither call has another reason to fail. */

void port_sha256(const uint8_t *bytes, size_t length, uint8_t digest[32]) {
  if (mbedtls_sha256(bytes, length, digest, 0) != 0) abort();
}

void port_sha1(const uint8_t *bytes, size_t length, uint8_t digest[20]) {
  if (mbedtls_sha1(bytes, length, digest) != 0) abort();
}
