#include "serial_text.h"

#include <stddef.h>

void serial_text(const uint8_t serial[9], char text[SERIAL_TEXT_SIZE]) {
  static const char digits[] = "0123456789abcdef";
  for (size_t at = 0; at < 9u; at++) {
    text[2u * at] = digits[serial[at] >> 4];
    text[2u * at + 1u] = digits[serial[at] & 0x0fu];
  }
  text[SERIAL_TEXT_SIZE - 1u] = '\0';
}
