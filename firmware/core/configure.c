#include "configure.h"

#include "atecc.h"
#include "profile.h"

#define WORD 4u
/* The configuration of a profile begins with byte 16, which is word 4. */
#define FIRST_BYTE 16u
/* UserExtra, Selector, LockValue, LockConfig (ATECC608A data sheet 2.2). */
#define LOCK_BYTES_WORD 0x15u
#define LOCK_VALUE 2u
#define LOCK_CONFIG 3u
#define UNLOCKED 0x55u
#define LOCK_CONFIG_WITHOUT_CRC 0x80u
#define LOCK_DATA_WITHOUT_CRC 0x81u
#define GEN_KEY_PUBLIC_KEY 0x00u
#define GEN_KEY_NEW_PRIVATE_KEY 0x04u

/* The tool's main program shows serial number, revision and configuration before it starts. */
static int show_chip(void) {
  uint8_t serial[9];
  uint8_t revision[4];
  uint8_t config[128];
  int result = atecc_read_serial_number(serial);
  if (result == ATECC_OK) result = atecc_info(revision);
  if (result == ATECC_OK) result = atecc_read_config(config);
  return result;
}

static int write_words(unsigned word, size_t words) {
  return atecc_write(ATECC_CONFIG, (uint16_t)word, &PROFILE.chip.configuration[WORD * word - FIRST_BYTE], WORD * words);
}

/* Blocks 1 and 3 whole; blocks 0 and 2 hold bytes that a Write may not touch and go word by word. */
static int write_configuration(void) {
  int result = ATECC_OK;
  for (unsigned word = 0x04; word <= 0x07u && result == ATECC_OK; word++) result = write_words(word, 1);
  if (result == ATECC_OK) result = write_words(0x08, 8);
  for (unsigned word = 0x10; word <= 0x17u && result == ATECC_OK; word++) {
    if (word != LOCK_BYTES_WORD) result = write_words(word, 1);
  }
  if (result == ATECC_OK) result = write_words(0x18, 8);
  return result;
}

static int lock_configuration(void) {
  uint8_t word[WORD] = {0};
  uint8_t revision[4];
  int result = atecc_init();
  if (result == ATECC_OK) result = atecc_read(ATECC_CONFIG, LOCK_BYTES_WORD, word, sizeof word);
  if (result == ATECC_OK) result = atecc_info(revision);
  if (result != ATECC_OK || word[LOCK_CONFIG] != UNLOCKED) return result;
  result = write_configuration();
  return result == ATECC_OK ? atecc_lock(LOCK_CONFIG_WITHOUT_CRC) : result;
}

static int lock_data(void) {
  uint8_t word[WORD] = {0};
  uint8_t public_key[64];
  int result = atecc_read(ATECC_CONFIG, LOCK_BYTES_WORD, word, sizeof word);
  if (result != ATECC_OK || word[LOCK_VALUE] != UNLOCKED) return result;
  result = atecc_lock(LOCK_DATA_WITHOUT_CRC);
  if (result != ATECC_OK) return result;
  return atecc_gen_key(GEN_KEY_NEW_PRIVATE_KEY, PROFILE.chip.device_key_slot, public_key);
}

int configure_chip(void (*tell)(const uint8_t public_key[64])) {
  uint8_t public_key[64];
  uint8_t spare[64];
  int result = atecc_init();
  if (result == ATECC_OK) result = show_chip();
  if (result == ATECC_OK) result = lock_configuration();
  if (result == ATECC_OK) result = lock_data();
  if (result == ATECC_OK) result = atecc_gen_key(GEN_KEY_PUBLIC_KEY, PROFILE.chip.device_key_slot, public_key);
  if (result != ATECC_OK) return result;
  tell(public_key);
  for (size_t at = 0; at < PROFILE.chip.spare_key_count && result == ATECC_OK; at++) {
    result = atecc_gen_key(GEN_KEY_NEW_PRIVATE_KEY, PROFILE.chip.spare_key_slots[at], spare);
  }
  return result;
}
