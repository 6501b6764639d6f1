/*
 * The driver of an ATECC608A: every command is wake, send, poll, receive, idle, and never sleep, so that TempKey lives from one
 * command to the next.
 */
#ifndef ATECC_H
#define ATECC_H

#include <stddef.h>
#include <stdint.h>

/* What a call came to. Above 0: the chip's own status byte. */
enum {
  ATECC_OK = 0x00,
  ATECC_NO_WAKE = -1, /* the chip did not answer the wake pulse with 04 11 33 43 */
  ATECC_NOT_SENT = -2, /* the command was not acknowledged */
  ATECC_TIMEOUT = -3, /* no answer within 2.5 s */
  ATECC_BAD_REPLY = -4 /* length or CRC */
};

enum atecc_zone { ATECC_CONFIG = 0, ATECC_OTP = 1, ATECC_DATA = 2 };

/* param2 of a Read or Write of a data slot. */
uint16_t atecc_data_address(uint8_t slot, uint8_t block, uint8_t word);

/* One command with `length` bytes of data; `reply` gets exactly `expected` bytes, or none with 0, where status 00 is all that may come. */
int atecc_request(uint8_t opcode, uint8_t param1, uint16_t param2, const uint8_t *data, size_t length, uint8_t *reply,
                  size_t expected);

int atecc_init(void); /* Read of the first block, as the library learns the clock divider */
int atecc_info(uint8_t revision[4]);
int atecc_random(uint8_t bytes[32]);
int atecc_read(enum atecc_zone zone, uint16_t address, uint8_t *bytes, size_t length); /* 4 or 32 */
int atecc_write(enum atecc_zone zone, uint16_t address, const uint8_t *bytes, size_t length); /* 4 or 32 */
int atecc_lock(uint8_t mode);
int atecc_nonce(const uint8_t digest[32]); /* pass-through into the Message Digest Buffer */
int atecc_gen_key(uint8_t mode, uint16_t key_id, uint8_t public_key[64]); /* mode 00 public key, 04 new private key */
int atecc_sign(uint8_t mode, uint16_t key_id, uint8_t signature[64]);
int atecc_ecdh(uint8_t mode, uint16_t key_id, const uint8_t peer[64], uint8_t reply[64]); /* encrypted output */

/* More than one command. */
int atecc_read_serial_number(uint8_t serial[9]);
int atecc_read_config(uint8_t config[128]);
int atecc_read_slot_bytes(uint8_t slot, size_t offset, uint8_t *bytes, size_t length);
int atecc_write_slot_bytes(uint8_t slot, size_t offset, const uint8_t *bytes, size_t length);

/* How many commands the chip has answered since power-up. */
uint32_t atecc_commands(void);

#endif
