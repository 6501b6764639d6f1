/* The commands of a handshake, as the sheet on the firmware lists them, and what leaves the chip encrypted. */
#include "../core/chip_keys.h"

#include "../core/atecc.h"
#include "check.h"
#include "fake_atecc.h"
#include "hex.h"

static const char *const peer_text =
    "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
    "2122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f40";

static void generate(void) {
  uint8_t key[64];
  check_case("the ephemeral key is made in TempKey");
  fake_atecc_reset();
  CHECK_EQUAL(ATECC_OK, chip_keys_generate(key));
  CHECK_BYTES(fake_chip.new_public_key, key, 64);
  CHECK_TEXT("40 04 ffff", fake_chip.commands);
}

static void agree(void) {
  uint8_t peer[64];
  uint8_t secret[32];
  uint8_t expected[32];
  char commands[512];
  CHECK_EQUAL(64, hex_bytes(peer_text, peer));
  check_case("Quirk: a new IO protection key for every handshake, written in clear");
  fake_atecc_reset();
  /* The pad is SHA-256(A0 A1 … BF || A0 9F … 91), by sha256sum; the secret is C0 BF … A1 xor that. */
  CHECK_EQUAL(32, hex_bytes("21ac92784c8f8d4b4f18986c34d72455cff1bc65674179fb39d40701062ad5bf", expected));
  CHECK_EQUAL(ATECC_OK, chip_keys_agree(peer, secret));
  CHECK_BYTES(expected, secret, 32);
  (void)snprintf(commands, sizeof commands,
                 "1b 00 0000; 12 82 0020:a0a1a2a3a4a5a6a7a8a9aaabacadaeafb0b1b2b3b4b5b6b7b8b9babbbcbdbebf; 43 0f "
                 "0000:%s",
                 peer_text);
  CHECK_TEXT(commands, fake_chip.commands);

  check_case("a refusal of each command is the result, and nothing follows it");
  for (unsigned at = 1; at <= 3u; at++) {
    fake_atecc_reset();
    fake_chip.status_at = at;
    fake_chip.status = 0x0f;
    CHECK_EQUAL(0x0f, chip_keys_agree(peer, secret));
    CHECK_EQUAL(at, fake_chip.command_count);
  }
}

static void sign(void) {
  static const uint8_t digest[32] = {0x12, 0x34};
  uint8_t signature[64];
  check_case("a digest is signed through the Message Digest Buffer");
  fake_atecc_reset();
  CHECK_EQUAL(ATECC_OK, chip_keys_sign(digest, signature));
  CHECK_BYTES(fake_chip.signature, signature, 64);
  CHECK_TEXT("1b 00 0000; 16 43 0000:1234000000000000000000000000000000000000000000000000000000000000; 41 a0 0000",
             fake_chip.commands);
  for (unsigned at = 1; at <= 3u; at++) {
    fake_atecc_reset();
    fake_chip.status_at = at;
    fake_chip.status = 0x0f;
    CHECK_EQUAL(0x0f, chip_keys_sign(digest, signature));
    CHECK_EQUAL(at, fake_chip.command_count);
  }
}

static void initialise_first(void) {
  uint8_t bytes[64] = {0};
  check_case("the SDK's hooks initialise before each operation: ten commands in a handshake");
  fake_atecc_reset();
  chip_keys_initialise_first(true);
  CHECK_EQUAL(ATECC_OK, chip_keys_generate(bytes));
  CHECK_TEXT("02 80 0000; 40 04 ffff", fake_chip.commands);
  CHECK_EQUAL(ATECC_OK, chip_keys_agree(bytes, bytes));
  CHECK_EQUAL(ATECC_OK, chip_keys_sign(bytes, bytes));
  CHECK_EQUAL(10, fake_chip.command_count);
  fake_chip.absent = true;
  CHECK_EQUAL(ATECC_NO_WAKE, chip_keys_generate(bytes));
  chip_keys_initialise_first(false);
}

int main(void) {
  generate();
  agree();
  sign();
  initialise_first();
  return check_end("chip_keys");
}
