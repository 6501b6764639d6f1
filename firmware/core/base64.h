/* Base64 (RFC 4648 4). */
#ifndef BASE64_H
#define BASE64_H

#include <stddef.h>
#include <stdint.h>

/* 0 to 63, or -1 for what is no digit. */
int base64_value(uint8_t character);

/*
 * As lenient as the twin's: what is no digit is skipped, the first '=' ends it, bits that fill no byte are dropped.
 * `out` may be `text` or before it in the same array. Returns the number of bytes.
 */
size_t base64_decode(const uint8_t *text, size_t length, uint8_t *out);

/* Padded, without a NUL. Returns the number of characters. */
size_t base64_encode(const uint8_t *bytes, size_t length, char *out);

#endif
