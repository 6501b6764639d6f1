/* Bytes as a test writes them: hexadecimal digits, with texts in single quotes between them; spaces do not count. */
#ifndef AZURE_BYTES_H
#define AZURE_BYTES_H

#include <stddef.h>
#include <stdint.h>

static uint8_t bytes_digit(char digit) {
  return (uint8_t)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
}

static inline size_t bytes_of(const char *written, uint8_t *bytes) {
  size_t length = 0;
  while (*written != '\0') {
    if (*written == ' ') {
      written++;
    } else if (*written == '\'') {
      for (written++; *written != '\''; written++) bytes[length++] = (uint8_t)*written;
      written++;
    } else {
      bytes[length++] = (uint8_t)(bytes_digit(written[0]) << 4 | bytes_digit(written[1]));
      written += 2;
    }
  }
  return length;
}

#endif
