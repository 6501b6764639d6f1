#include "base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

int base64_value(uint8_t character) {
  if (character >= (uint8_t)'A' && character <= (uint8_t)'Z') return character - 'A';
  if (character >= (uint8_t)'a' && character <= (uint8_t)'z') return character - 'a' + 26;
  if (character >= (uint8_t)'0' && character <= (uint8_t)'9') return character - '0' + 52;
  if (character == (uint8_t)'+') return 62;
  return character == (uint8_t)'/' ? 63 : -1;
}

size_t base64_decode(const uint8_t *text, size_t length, uint8_t *out) {
  uint32_t bits = 0;
  unsigned count = 0; /* of bits that are not yet a byte */
  size_t written = 0;
  for (size_t at = 0; at < length && text[at] != (uint8_t)'='; at++) {
    const int value = base64_value(text[at]);
    if (value < 0) continue;
    bits = ((bits << 6) | (uint32_t)value) & 0xffffu;
    count += 6u;
    if (count >= 8u) {
      count -= 8u;
      out[written] = (uint8_t)((bits >> count) & 0xffu);
      written++;
    }
  }
  return written;
}

size_t base64_encode(const uint8_t *bytes, size_t length, char *out) {
  size_t written = 0;
  for (size_t at = 0; at < length; at += 3u) {
    const size_t left = length - at;
    const uint32_t second = left > 1u ? bytes[at + 1u] : 0u;
    const uint32_t third = left > 2u ? bytes[at + 2u] : 0u;
    const uint32_t bits = ((uint32_t)bytes[at] << 16) | (second << 8) | third;
    out[written] = digits[bits >> 18];
    out[written + 1u] = digits[(bits >> 12) & 63u];
    out[written + 2u] = left > 1u ? digits[(bits >> 6) & 63u] : '=';
    out[written + 3u] = left > 2u ? digits[bits & 63u] : '=';
    written += 4u;
  }
  return written;
}
