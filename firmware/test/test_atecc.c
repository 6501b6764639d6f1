/*
 * The driver on a bus. Frames and check sums are those of the data sheet's packet format, worked out by hand or by
 * other programs.
 */
#include "../core/atecc.h"
#include "../core/atecc_failure.h"
#include "../core/atecc_frame.h"
#include "check.h"
#include "fake_atecc.h"
#include "hex.h"

static const uint8_t info_reply[4] = {0x00, 0x00, 0x60, 0x02};

/* Of Info, the answer to a wake, success, Read of the first block. */
static void check_sums(void) {
  static const struct {
    const char *bytes;
    uint16_t crc;
  } known[] = {{"0730000000", 0x5d03}, {"0411", 0x4333}, {"0400", 0x4003}, {"0702800000", 0xad09}, {"", 0x0000}};
  check_case("CRC");
  for (size_t at = 0; at < sizeof known / sizeof known[0]; at++) {
    uint8_t bytes[8];
    const size_t length = hex_bytes(known[at].bytes, bytes);
    CHECK_EQUAL(known[at].crc, atecc_crc(0, bytes, length));
  }
}

static void one_command(void) {
  uint8_t revision[4];
  check_case("a command is wake, send, poll, receive, idle");
  fake_atecc_reset();
  CHECK_EQUAL(ATECC_OK, atecc_info(revision));
  CHECK_BYTES(info_reply, revision, 4);
  CHECK_TEXT(" W00: D10000 R60:4 W60:030730000000035d D1000 R60:1 R60:6 W60:02", fake_chip.traffic);
  CHECK_EQUAL(11000, fake_time_us);

  check_case("a busy chip is asked again every 2 ms");
  fake_atecc_reset();
  fake_chip.busy_polls = 2;
  CHECK_EQUAL(ATECC_OK, atecc_info(revision));
  CHECK_TEXT(" W00: D10000 R60:4 W60:030730000000035d D1000 R60:1! D2000 R60:1! D2000 R60:1 R60:6 W60:02",
             fake_chip.traffic);
}

static void parameters(void) {
  uint8_t block[32];
  uint8_t pattern[32];
  for (unsigned at = 0; at < 32u; at++) pattern[at] = (uint8_t)at;
  check_case("param2 low byte first, data before the CRC");
  fake_atecc_reset();
  CHECK_EQUAL(ATECC_OK, atecc_write(ATECC_DATA, 0x0258, pattern, 32));
  CHECK_TEXT("12 82 0258:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", fake_chip.commands);
  CHECK_EQUAL(0x0258, atecc_data_address(11, 2, 0));
  CHECK_EQUAL(0x0145, atecc_data_address(8, 1, 5));

  check_case("zones and lengths");
  fake_atecc_reset();
  CHECK_EQUAL(ATECC_OK, atecc_read(ATECC_CONFIG, 0x15, block, 4));
  CHECK_EQUAL(ATECC_OK, atecc_read(ATECC_CONFIG, 0x18, block, 32));
  CHECK_EQUAL(ATECC_OK, atecc_read(ATECC_OTP, 0x00, block, 32));
  CHECK_EQUAL(ATECC_OK, atecc_read(ATECC_DATA, 0x0250, block, 4));
  CHECK_EQUAL(ATECC_OK, atecc_read(ATECC_DATA, 0x0150, block, 32));
  CHECK_EQUAL(ATECC_OK, atecc_write(ATECC_CONFIG, 0x04, pattern, 4));
  CHECK_TEXT("02 00 0015; 02 80 0018; 02 81 0000; 02 02 0250; 02 82 0150; 12 00 0004:00010203", fake_chip.commands);
}

static void commands(void) {
  uint8_t bytes[64];
  static const uint8_t digest[32] = {0x5a};
  static const uint8_t peer[64] = {0xa5};
  check_case("each command");
  fake_atecc_reset();
  const uint32_t before = atecc_commands();
  CHECK_EQUAL(ATECC_OK, atecc_init());
  CHECK_EQUAL(ATECC_OK, atecc_random(bytes));
  CHECK_BYTES(fake_chip.random, bytes, 32);
  CHECK_EQUAL(ATECC_OK, atecc_lock(0x80));
  CHECK_EQUAL(ATECC_OK, atecc_gen_key(0x04, 0xffff, bytes));
  CHECK_BYTES(fake_chip.new_public_key, bytes, 64);
  CHECK_EQUAL(ATECC_OK, atecc_sign(0xa0, 0x0002, bytes));
  CHECK_BYTES(fake_chip.signature, bytes, 64);
  CHECK_TEXT("02 80 0000; 1b 00 0000; 17 80 0000; 40 04 ffff; 41 a0 0002", fake_chip.commands);
  CHECK_EQUAL(5, atecc_commands() - before);

  check_case("commands with data");
  fake_atecc_reset();
  CHECK_EQUAL(ATECC_OK, atecc_nonce(digest));
  CHECK_EQUAL(ATECC_OK, atecc_ecdh(0x0f, 0x0000, peer, bytes));
  CHECK_TEXT("16 43 0000:5a00000000000000000000000000000000000000000000000000000000000000; 43 0f 0000:"
             "a500000000000000000000000000000000000000000000000000000000000000"
             "0000000000000000000000000000000000000000000000000000000000000000",
             fake_chip.commands);
}

/* What a failed Info says, and how its bus traffic ended. */
static void refusal(const char *what, int expected, const char *words, bool idles) {
  uint8_t revision[4];
  struct reason reason;
  check_case(what);
  CHECK_EQUAL(expected, atecc_info(revision));
  atecc_failure_text(atecc_last_failure(), &reason);
  CHECK_TEXT(words, reason.text);
  const size_t length = strlen(fake_chip.traffic);
  CHECK_EQUAL(idles, length > 7u && strcmp(&fake_chip.traffic[length - 7u], " W60:02") == 0);
}

static void raw_answer(const char *hex) {
  fake_atecc_reset();
  fake_chip.raw_at = 1;
  fake_chip.raw_length = hex_bytes(hex, fake_chip.raw);
}

static void refusals(void) {
  static const char *const no_wake = "the chip did not answer the wake pulse with 04 11 33 43";
  fake_atecc_reset();
  fake_chip.absent = true;
  refusal("no chip", ATECC_NO_WAKE, no_wake, false);
  fake_atecc_reset();
  memcpy(fake_chip.greeting, "\x04\x07\xc4\x40", 4);
  refusal("a chip that says something else than that it was woken", ATECC_NO_WAKE, no_wake, false);
  fake_atecc_reset();
  memcpy(fake_chip.greeting, "\x04\x11\x33\x42", 4);
  refusal("the last byte of the greeting", ATECC_NO_WAKE, no_wake, false);
  fake_atecc_reset();
  fake_chip.deaf_at = 1;
  refusal("a command that is not acknowledged", ATECC_NOT_SENT, "the chip did not acknowledge Info", true);
  fake_atecc_reset();
  fake_chip.status_at = 1;
  fake_chip.status = 0x0f;
  refusal("a status", 0x0f, "the chip answered Info with status 0F", true);
  fake_chip.command_count = 0;
  fake_chip.status = 0x00;
  refusal("status 00 where data is due", ATECC_BAD_REPLY, "the chip answered Info with status 00", true);

  /* 07 00 00 60 02: the check sum is 80 38, as CRC-16/ARC of another program with its bits in reverse. */
  raw_answer("07000060028038");
  uint8_t revision[4];
  check_case("a reply that was written by hand");
  CHECK_EQUAL(ATECC_OK, atecc_info(revision));
  raw_answer("07000060028039");
  refusal("a wrong CRC, second byte", ATECC_BAD_REPLY, "the reply to Info has a wrong CRC", true);
  raw_answer("07000060028138");
  refusal("a wrong CRC, first byte", ATECC_BAD_REPLY, "the reply to Info has a wrong CRC", true);
  raw_answer("07000060038038");
  refusal("another byte under the CRC", ATECC_BAD_REPLY, "the reply to Info has a wrong CRC", true);
  raw_answer("030000");
  refusal("a count below 4", ATECC_BAD_REPLY, "the chip announced 3 bytes in reply to Info", true);
  raw_answer("00");
  refusal("a count of 0", ATECC_BAD_REPLY, "the chip announced 0 bytes in reply to Info", true);
  raw_answer("ff");
  refusal("the longest count", ATECC_BAD_REPLY, "the reply to Info has a wrong CRC", true);
  fake_atecc_reset();
  fake_chip.rest_refused = true;
  refusal("a chip that says no more than its count", ATECC_BAD_REPLY, "the chip announced 7 bytes in reply to Info",
          true);
}

static void lengths(void) {
  uint8_t bytes[32];
  struct reason reason;
  check_case("a reply of another length than the command has");
  fake_atecc_reset();
  CHECK_EQUAL(ATECC_BAD_REPLY, atecc_request(0x30, 0, 0, NULL, 0, bytes, 5));
  atecc_failure_text(atecc_last_failure(), &reason);
  CHECK_TEXT("Info returned 4 bytes, not 5", reason.text);
  CHECK_EQUAL(ATECC_BAD_REPLY, atecc_request(0x30, 0, 0, NULL, 0, NULL, 0));

  check_case("what no packet holds is not sent");
  fake_atecc_reset();
  static const uint8_t data[145];
  CHECK_EQUAL(ATECC_NOT_SENT, atecc_request(0x30, 0, 0, data, 145, NULL, 0));
  CHECK_TEXT("", fake_chip.traffic);
  CHECK_EQUAL(0x03, atecc_request(0x77, 0, 0, data, 144, NULL, 0));
  atecc_failure_text(atecc_last_failure(), &reason);
  CHECK_TEXT("the chip answered an unknown command with status 03", reason.text);
}

static void patience(void) {
  uint8_t revision[4];
  check_case("the last of 1 + 1250 polls");
  fake_atecc_reset();
  fake_chip.busy_polls = 1250;
  CHECK_EQUAL(ATECC_OK, atecc_info(revision));
  CHECK_EQUAL(10000 + 1000 + 1250 * 2000, fake_time_us);
  fake_atecc_reset();
  fake_chip.busy_polls = 1251;
  refusal("no answer within 2.5 s", ATECC_TIMEOUT, "the chip did not finish Info within 2.5 s", false);
  CHECK_EQUAL(false, fake_chip.awake);
}

static void several(void) {
  uint8_t bytes[128];
  check_case("serial number and configuration");
  fake_atecc_reset();
  for (unsigned at = 0; at < 128u; at++) fake_chip.config[at] = (uint8_t)at;
  CHECK_EQUAL(ATECC_OK, atecc_read_serial_number(bytes));
  CHECK_BYTES((const uint8_t *)"\x00\x01\x02\x03\x08\x09\x0a\x0b\x0c", bytes, 9);
  CHECK_EQUAL(ATECC_OK, atecc_read_config(bytes));
  CHECK_BYTES(fake_chip.config, bytes, 128);
  CHECK_TEXT("02 80 0000; 02 80 0000; 02 80 0008; 02 80 0010; 02 80 0018", fake_chip.commands);

  check_case("20 bytes of a slot from 52 on");
  fake_atecc_reset();
  CHECK_EQUAL(ATECC_OK, atecc_write_slot_bytes(8, 52, (const uint8_t *)"0123456789abcdefghij", 20));
  CHECK_TEXT("12 02 0145:30313233; 12 02 0146:34353637; 12 02 0147:38396162; 12 02 0240:63646566; 12 02 0241:6768696a",
             fake_chip.commands);
  memset(bytes, 0, sizeof bytes);
  CHECK_EQUAL(ATECC_OK, atecc_read_slot_bytes(8, 52, bytes, 20));
  CHECK_BYTES((const uint8_t *)"0123456789abcdefghij", bytes, 21);

  check_case("48 bytes from 20 on: words, then a block, then a word");
  fake_atecc_reset();
  for (unsigned at = 0; at < 48u; at++) bytes[at] = (uint8_t)at;
  CHECK_EQUAL(ATECC_OK, atecc_write_slot_bytes(8, 20, bytes, 48));
  CHECK_TEXT("12 02 0045:00010203; 12 02 0046:04050607; 12 02 0047:08090a0b; "
             "12 82 0140:0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b; 12 02 0240:2c2d2e2f",
             fake_chip.commands);

  check_case("no whole words, and a chip that refuses the second");
  CHECK_EQUAL(ATECC_NOT_SENT, atecc_write_slot_bytes(8, 2, bytes, 4));
  CHECK_EQUAL(ATECC_NOT_SENT, atecc_write_slot_bytes(8, 0, bytes, 3));
  fake_atecc_reset();
  fake_chip.status_at = 2;
  fake_chip.status = 0x0f;
  CHECK_EQUAL(0x0f, atecc_write_slot_bytes(8, 20, bytes, 48));
  CHECK_EQUAL(2, fake_chip.command_count);
  fake_atecc_reset();
  fake_chip.status_at = 2;
  fake_chip.status = 0x0f;
  CHECK_EQUAL(0x0f, atecc_read_slot_bytes(8, 20, bytes, 48));
  CHECK_EQUAL(2, fake_chip.command_count);
}

int main(void) {
  check_sums();
  one_command();
  parameters();
  commands();
  refusals();
  lengths();
  patience();
  several();
  return check_end("atecc");
}
