/* What the configuration tool asks a chip (the sheet on the firmware, A7). */
#include "../core/configure.h"

#include "../core/atecc.h"
#include "check.h"
#include "fake_atecc.h"

static uint8_t told[64];
static unsigned told_at; /* after which command */

static void hear(const uint8_t public_key[64]) {
  memcpy(told, public_key, sizeof told);
  told_at = fake_chip.command_count;
}

static const char *const before =
    "02 80 0000; " /* initialisation */
    "02 80 0000; 30 00 0000; 02 80 0000; 02 80 0008; 02 80 0010; 02 80 0018; " /* shown */
    "02 80 0000; 02 00 0015; 30 00 0000; ";
static const char *const keys = "40 00 0000; 40 04 0002; 40 04 0003; 40 04 0007";

static void fresh(void) {
  char expected[2048];
  check_case("a fresh chip");
  fake_atecc_reset();
  CHECK_EQUAL(ATECC_OK, configure_chip(hear));
  (void)snprintf(expected, sizeof expected, "%s%s%s%s%s%s", before,
                 "12 00 0004:c0000001; 12 00 0005:8f20c444; 12 00 0006:87208720; 12 00 0007:8f0fc400; "
                 "12 80 0008:9f0f82200f0fc4440f0f0f0f0f0f0f0f0f0f0f0fffffffff00000000ffffffff; "
                 "12 00 0010:00000000; 12 00 0011:00000000; 12 00 0012:00000000; 12 00 0013:00000000; 12 00 "
                 "0014:00000000; "
                 "12 00 0016:ffff0640; 12 00 0017:00000000; ",
                 "12 80 0018:33001c00130013007c0018003c0033003c003c003c0030003c003c003c003000; ",
                 "17 80 0000; ", "02 00 0015; 17 81 0000; 40 04 0000; ", keys);
  CHECK_TEXT(expected, fake_chip.commands);
  CHECK_BYTES(fake_chip.public_key, told, 64);
  CHECK_EQUAL(fake_chip.command_count - 3u, told_at);
}

static void again(void) {
  char expected[1024];
  check_case("Quirk: a second run keeps the device key and makes the spare ones anew");
  fake_atecc_reset();
  fake_chip.config[86] = 0;
  fake_chip.config[87] = 0;
  CHECK_EQUAL(ATECC_OK, configure_chip(hear));
  (void)snprintf(expected, sizeof expected, "%s02 00 0015; %s", before, keys);
  CHECK_TEXT(expected, fake_chip.commands);

  check_case("the power went between the two locks");
  fake_atecc_reset();
  fake_chip.config[87] = 0;
  CHECK_EQUAL(ATECC_OK, configure_chip(hear));
  (void)snprintf(expected, sizeof expected, "%s02 00 0015; 17 81 0000; 40 04 0000; %s", before, keys);
  CHECK_TEXT(expected, fake_chip.commands);
}

static void refusals(void) {
  check_case("a refusal of each command is the result, and nothing follows it");
  fake_atecc_reset();
  CHECK_EQUAL(ATECC_OK, configure_chip(hear));
  const unsigned count = fake_chip.command_count;
  CHECK_EQUAL(31, count);
  for (unsigned at = 1; at <= count; at++) {
    fake_atecc_reset();
    fake_chip.status_at = at;
    fake_chip.status = 0x0f;
    told_at = 0;
    CHECK_EQUAL(0x0f, configure_chip(hear));
    CHECK_EQUAL(at, fake_chip.command_count);
    CHECK_EQUAL(at > count - 3u ? count - 3u : 0u, told_at);
  }
}

int main(void) {
  fresh();
  again();
  refusals();
  return check_end("configure");
}
