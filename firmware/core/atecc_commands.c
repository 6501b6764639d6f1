/* The chip's commands, each with its parameters. */
#include "atecc.h"
#include "atecc_frame.h"

/* Bit 7 of param1 of Read and Write: 32 bytes instead of 4 (ATECC608A data sheet, Read). */
#define BLOCK_ACCESS 0x80u
#define BLOCK_LENGTH 32u
#define NONCE_PASS_THROUGH_TO_MESSAGE_DIGEST_BUFFER 0x43u

/* Word in bits 2:0, slot in 6:3, block in 11:8. */
uint16_t atecc_data_address(uint8_t slot, uint8_t block, uint8_t word) {
  return (uint16_t)(((unsigned)block << 8) | ((unsigned)slot << 3) | word);
}

static uint8_t access_mode(enum atecc_zone zone, size_t length) {
  return (uint8_t)((unsigned)zone | (length == BLOCK_LENGTH ? BLOCK_ACCESS : 0u));
}

int atecc_init(void) {
  uint8_t block[BLOCK_LENGTH];
  return atecc_read(ATECC_CONFIG, 0, block, sizeof block);
}

int atecc_info(uint8_t revision[4]) { return atecc_request(ATECC_OP_INFO, 0x00, 0, NULL, 0, revision, 4); }

int atecc_random(uint8_t bytes[32]) { return atecc_request(ATECC_OP_RANDOM, 0x00, 0, NULL, 0, bytes, 32); }

int atecc_read(enum atecc_zone zone, uint16_t address, uint8_t *bytes, size_t length) {
  return atecc_request(ATECC_OP_READ, access_mode(zone, length), address, NULL, 0, bytes, length);
}

int atecc_write(enum atecc_zone zone, uint16_t address, const uint8_t *bytes, size_t length) {
  return atecc_request(ATECC_OP_WRITE, access_mode(zone, length), address, bytes, length, NULL, 0);
}

int atecc_lock(uint8_t mode) { return atecc_request(ATECC_OP_LOCK, mode, 0, NULL, 0, NULL, 0); }

int atecc_nonce(const uint8_t digest[32]) {
  return atecc_request(ATECC_OP_NONCE, NONCE_PASS_THROUGH_TO_MESSAGE_DIGEST_BUFFER, 0, digest, 32, NULL, 0);
}

int atecc_gen_key(uint8_t mode, uint16_t key_id, uint8_t public_key[64]) {
  return atecc_request(ATECC_OP_GEN_KEY, mode, key_id, NULL, 0, public_key, 64);
}

int atecc_sign(uint8_t mode, uint16_t key_id, uint8_t signature[64]) {
  return atecc_request(ATECC_OP_SIGN, mode, key_id, NULL, 0, signature, 64);
}

int atecc_ecdh(uint8_t mode, uint16_t key_id, const uint8_t peer[64], uint8_t reply[64]) {
  return atecc_request(ATECC_OP_ECDH, mode, key_id, peer, 64, reply, 64);
}
