/* The chip's part of start-up: eight commands (the sheet on the firmware, A1), then their result on the console. */
#include "../core/atecc.h"
#include "../core/boot.h"
#include "check.h"
#include "fake_atecc.h"

static const char *const printed =
    "Random Number:\n"
    "a0 a1 a2 a3 a4 a5 a6 a7 \n"
    "a8 a9 aa ab ac ad ae af \n"
    "b0 b1 b2 b3 b4 b5 b6 b7 \n"
    "b8 b9 ba bb bc bd be bf \n"
    "Serial Number:\n"
    "01 23 d4 df 07 02 39 67 ee \n"
    "Revision Number:\n"
    "00 00 60 02 \n"
    "Config Zone data:\n"
    "01 23 d4 df 00 00 60 02 \n"
    "07 02 39 67 ee 00 00 00 \n"
    "00 00 00 00 00 00 00 00 \n";

int main(void) {
  uint8_t serial[9];
  check_case("eight commands, and what they brought");
  fake_atecc_reset();
  memcpy(fake_chip.config, "\x01\x23\xd4\xdf\x00\x00\x60\x02\x07\x02\x39\x67\xee", 13);
  fake_chip.config[127] = 0x30;
  CHECK_EQUAL(ATECC_OK, boot_sysinit(serial));
  CHECK_TEXT("02 80 0000; 1b 00 0000; 02 80 0000; 30 00 0000; 02 80 0000; 02 80 0008; 02 80 0010; 02 80 0018",
             fake_chip.commands);
  CHECK_BYTES((const uint8_t *)"\x01\x23\xd4\xdf\x07\x02\x39\x67\xee", serial, 9);
  CHECK_EQUAL(0, strncmp(printed, fake_console, strlen(printed)));
  const size_t length = strlen(fake_console);
  CHECK_TEXT("00 00 00 00 00 00 00 30 \n", &fake_console[length - 25u]);

  check_case("of a chip that refuses nothing is printed");
  for (unsigned at = 1; at <= 8u; at++) {
    fake_atecc_reset();
    fake_chip.status_at = at;
    fake_chip.status = 0x0f;
    CHECK_EQUAL(0x0f, boot_sysinit(serial));
    CHECK_TEXT("", fake_console);
  }
  fake_atecc_reset();
  fake_chip.absent = true;
  CHECK_EQUAL(ATECC_NO_WAKE, boot_sysinit(serial));
  return check_end("boot_sysinit");
}
