/* A command as the chip takes it from the bus, and the check sum of both directions (ATECC608A data sheet 9.1). */
#ifndef ATECC_FRAME_H
#define ATECC_FRAME_H

#include <stddef.h>
#include <stdint.h>

#define ATECC_DATA_LIMIT 144u /* the longest packet has 151 bytes */
#define ATECC_FRAME_LIMIT (8u + ATECC_DATA_LIMIT)

/* First byte of every write to the chip. */
#define ATECC_WORD_IDLE 0x02u
#define ATECC_WORD_COMMAND 0x03u

enum atecc_opcode {
  ATECC_OP_READ = 0x02,
  ATECC_OP_WRITE = 0x12,
  ATECC_OP_NONCE = 0x16,
  ATECC_OP_LOCK = 0x17,
  ATECC_OP_RANDOM = 0x1b,
  ATECC_OP_INFO = 0x30,
  ATECC_OP_GEN_KEY = 0x40,
  ATECC_OP_SIGN = 0x41,
  ATECC_OP_ECDH = 0x43
};

/* Goes on with a check sum that began with 0. */
uint16_t atecc_crc(uint16_t crc, const uint8_t *bytes, size_t length);

/*
 * Word address, count, opcode, param1, param2 and CRC low byte first. Returns the length; `length` is at most
 * ATECC_DATA_LIMIT.
 */
size_t atecc_frame(uint8_t frame[ATECC_FRAME_LIMIT], uint8_t opcode, uint8_t param1, uint16_t param2,
                   const uint8_t *data, size_t length);

#endif
