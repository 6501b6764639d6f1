#include "chip_keys.h"

#include <string.h>

#include "atecc.h"
#include "port.h"
#include "profile.h"

/* GenKey 04 with key FFFF: a new private key, kept in TempKey. */
#define GEN_KEY_NEW_PRIVATE_KEY 0x04u
#define TEMP_KEY 0xffffu
/* Key from TempKey, result to the output buffer, encrypted under the IO protection key. */
#define ECDH_PROTECTED_FROM_TEMP_KEY 0x0fu
/* External message, taken from the Message Digest Buffer. */
#define SIGN_MESSAGE_DIGEST_BUFFER 0xa0u

static bool initialises_first;

void chip_keys_initialise_first(bool first) { initialises_first = first; }

static int begin(void) { return initialises_first ? atecc_init() : ATECC_OK; }

int chip_keys_generate(uint8_t public_key[64]) {
  const int result = begin();
  if (result != ATECC_OK) return result;
  return atecc_gen_key(GEN_KEY_NEW_PRIVATE_KEY, TEMP_KEY, public_key);
}

/*
 * The output: 32 bytes under SHA-256 of the IO protection key and the first half of the OutNonce, then the 32 bytes of
 * OutNonce.
 */
static void open_output(const uint8_t io_key[32], const uint8_t output[64], uint8_t secret[32]) {
  uint8_t message[48];
  uint8_t pad[32];
  memcpy(message, io_key, 32);
  memcpy(&message[32], &output[32], 16);
  port_sha256(message, sizeof message, pad);
  for (size_t at = 0; at < sizeof pad; at++) secret[at] = (uint8_t)(output[at] ^ pad[at]);
}

/* Quirk: a new IO protection key for every handshake, written in clear. */
int chip_keys_agree(const uint8_t peer[64], uint8_t secret[32]) {
  uint8_t io_key[32];
  uint8_t output[64];
  int result = begin();
  if (result == ATECC_OK) result = atecc_random(io_key);
  if (result == ATECC_OK) {
    result = atecc_write(ATECC_DATA, atecc_data_address(PROFILE.chip.io_protection_slot, 0, 0), io_key, sizeof io_key);
  }
  if (result == ATECC_OK) result = atecc_ecdh(ECDH_PROTECTED_FROM_TEMP_KEY, 0, peer, output);
  if (result == ATECC_OK) open_output(io_key, output, secret);
  return result;
}

int chip_keys_sign(const uint8_t digest[32], uint8_t signature[64]) {
  uint8_t dropped[32];
  int result = begin();
  /* The library's way to refresh the chip's seed; what it returns is dropped. */
  if (result == ATECC_OK) result = atecc_random(dropped);
  if (result == ATECC_OK) result = atecc_nonce(digest);
  if (result == ATECC_OK) result = atecc_sign(SIGN_MESSAGE_DIGEST_BUFFER, PROFILE.chip.device_key_slot, signature);
  return result;
}
