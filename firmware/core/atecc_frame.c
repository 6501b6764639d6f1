#include "atecc_frame.h"

#include <string.h>

/* Polynomial 8005, least significant bit of each byte first, register shifted left. */
uint16_t atecc_crc(uint16_t crc, const uint8_t *bytes, size_t length) {
  uint16_t value = crc;
  for (size_t at = 0; at < length; at++) {
    for (unsigned bit = 0; bit < 8u; bit++) {
      const unsigned feedback = (((unsigned)bytes[at] >> bit) ^ ((unsigned)value >> 15)) & 1u;
      value = (uint16_t)((unsigned)value << 1);
      if (feedback != 0u) value = (uint16_t)(value ^ 0x8005u);
    }
  }
  return value;
}

size_t atecc_frame(uint8_t frame[ATECC_FRAME_LIMIT], uint8_t opcode, uint8_t param1, uint16_t param2,
                   const uint8_t *data, size_t length) {
  frame[0] = ATECC_WORD_COMMAND;
  frame[1] = (uint8_t)(7u + length);
  frame[2] = opcode;
  frame[3] = param1;
  frame[4] = (uint8_t)(param2 & 0xffu);
  frame[5] = (uint8_t)(param2 >> 8);
  if (length > 0u) memcpy(&frame[6], data, length);
  /* The word address is no part of the packet. */
  const uint16_t crc = atecc_crc(0, &frame[1], 5u + length);
  frame[6u + length] = (uint8_t)(crc & 0xffu);
  frame[7u + length] = (uint8_t)(crc >> 8);
  return 8u + length;
}
