/* Bytes of tests, written as hexadecimal text. */
#ifndef HEX_H
#define HEX_H

#include <stddef.h>
#include <stdint.h>

static inline uint8_t hex_digit(char digit) {
  return (uint8_t)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
}

/* White space between bytes is left out. Returns their number. */
static inline size_t hex_bytes(const char *text, uint8_t *bytes) {
  size_t length = 0;
  for (const char *at = text; *at != '\0';) {
    if (*at == ' ' || *at == '\n') {
      at++;
      continue;
    }
    bytes[length] = (uint8_t)(hex_digit(at[0]) << 4 | hex_digit(at[1]));
    length++;
    at += 2;
  }
  return length;
}

#endif
