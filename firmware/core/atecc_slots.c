/* What takes more than one command to read or to write. */
#include <string.h>

#include "atecc.h"

#define WORD 4u
#define BLOCK 32u
#define CONFIG_BLOCKS 4u

/* Bytes 0 to 3 and 8 to 12 of the configuration, from one read of its first block (ATECC608A data sheet 2.2). */
int atecc_read_serial_number(uint8_t serial[9]) {
  uint8_t block[BLOCK];
  const int result = atecc_read(ATECC_CONFIG, 0, block, sizeof block);
  if (result != ATECC_OK) return result;
  memcpy(serial, block, 4);
  memcpy(&serial[4], &block[8], 5);
  return ATECC_OK;
}

int atecc_read_config(uint8_t config[128]) {
  int result = ATECC_OK;
  for (unsigned block = 0; block < CONFIG_BLOCKS && result == ATECC_OK; block++) {
    result = atecc_read(ATECC_CONFIG, (uint16_t)(block << 3), &config[BLOCK * block], BLOCK);
  }
  return result;
}

/* As the library's atcab_read_bytes_zone: all blocks that the bytes touch. */
int atecc_read_slot_bytes(uint8_t slot, size_t offset, uint8_t *bytes, size_t length) {
  uint8_t block[BLOCK];
  size_t done = 0;
  while (done < length) {
    const size_t at = offset + done;
    const size_t within = at % BLOCK;
    const size_t left = length - done;
    const size_t part = left < BLOCK - within ? left : BLOCK - within;
    const int result = atecc_read(ATECC_DATA, atecc_data_address(slot, (uint8_t)(at / BLOCK), 0), block, sizeof block);
    if (result != ATECC_OK) return result;
    memcpy(&bytes[done], &block[within], part);
    done += part;
  }
  return ATECC_OK;
}

/*
 * As the library's atcab_write_bytes_zone: a block where one begins and all of it is to be written, a word of four
 * otherwise. Offset and length are of whole words. A reset between two of the commands leaves a part of it.
 */
int atecc_write_slot_bytes(uint8_t slot, size_t offset, const uint8_t *bytes, size_t length) {
  size_t done = 0;
  if (offset % WORD != 0u || length % WORD != 0u) return ATECC_NOT_SENT;
  while (done < length) {
    const size_t at = offset + done;
    const size_t word = (at % BLOCK) / WORD;
    const size_t part = word == 0u && length - done >= BLOCK ? BLOCK : WORD;
    const uint16_t address = atecc_data_address(slot, (uint8_t)(at / BLOCK), (uint8_t)word);
    const int result = atecc_write(ATECC_DATA, address, &bytes[done], part);
    if (result != ATECC_OK) return result;
    done += part;
  }
  return ATECC_OK;
}
