#include "record_limit.h"

#include "../core/profile.h"

#define CHANGE_CIPHER_SPEC 20u
#define AEAD_OVERHEAD 24u /* AES-GCM in TLS 1.2: nonce_explicit 8, tag 16 (RFC 5288 3) */

static bool begin_body(struct record_limit *limit) {
  const size_t length = (size_t)(limit->header[3] << 8 | limit->header[4]);
  const size_t overhead = limit->encrypted ? AEAD_OVERHEAD : 0u;
  if (length > PROFILE.tls.max_record_bytes + overhead) return false;
  if (limit->header[0] == CHANGE_CIPHER_SPEC) limit->encrypted = true;
  limit->left = length;
  limit->header_length = 0;
  return true;
}

bool record_limit_take(struct record_limit *limit, const uint8_t *bytes, size_t length) {
  size_t at = 0;
  while (at < length) {
    if (limit->left > 0) {
      const size_t part = limit->left < length - at ? limit->left : length - at;
      limit->left -= part;
      at += part;
    } else {
      limit->header[limit->header_length++] = bytes[at++];
      if (limit->header_length == RECORD_HEADER && !begin_body(limit)) return false;
    }
  }
  return true;
}
