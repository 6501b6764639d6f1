#include <string.h>

#include "../core/azure_names.h"
#include "../core/record.h"
#include "../core/record_task.h"
#include "azure_peer.h"

#define LONGEST "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.azure-devices.n"

static uint8_t slot[416];
static char hub[RECORD_HUB_LENGTH];

/* The current layout: 18 digits, 2 NULs; a name, padded with NULs from byte 20 to 67. */
static void whole(const char *name) {
  memset(slot, 0xff, sizeof slot);
  memset(slot, 0, 68);
  memcpy(slot, ID, 18);
  memcpy(&slot[20], name, strlen(name));
}

static bool counts(void) {
  memset(hub, '?', sizeof hub);
  return record_hub(slot, ID, hub);
}

static void expect_none(const char *name, size_t at, uint8_t byte) {
  check_case(name);
  whole(HUB);
  slot[at] = byte;
  CHECK(!counts());
}

static void records(void) {
  static const char *const GOOD[] = {HUB, LONGEST, "localhost", "127.0.0.1", "a"};
  static const char *const BAD[] = {"", "hub 1", "localhost:8883", "hub..net", ".a", "a.", "-a", "a-", "a.-b", "a-.b",
                                    "a_b", ID, ID ".net",                                    "h\xe4", "h/b", "h@b"};
  CHECK_EQUAL(68, record_length());
  for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
    check_case(GOOD[i]);
    whole(GOOD[i]);
    CHECK(counts());
    CHECK_TEXT(GOOD[i], hub);
  }
  for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
    check_case(BAD[i]);
    whole(BAD[i]);
    CHECK(!counts());
  }
  check_case("a slot as the factory left it");
  memset(slot, 0xff, sizeof slot);
  CHECK(!counts());
  check_case("a common name alone");
  memset(slot, 0xff, sizeof slot);
  memset(slot, 0, 32);
  memcpy(slot, ID, 18);
  CHECK(!counts());
  check_case("a slot of zeros");
  memset(slot, 0, sizeof slot);
  CHECK(!counts());
  expect_none("the serial number of another chip", 17, 'f');
  expect_none("a serial number in capitals", 4, 'F');
  expect_none("a serial number without its first NUL", 18, 'e');
  expect_none("a serial number without its second NUL", 19, 1);
  expect_none("a name with something behind its NUL", 67, 1);
  expect_none("a name with something behind a NUL", 45, 'x');
  check_case("a name of 48 characters");
  whole(LONGEST);
  slot[67] = 't';
  CHECK(!counts());
}

static void host_names(void) {
  check_case("labels of 63 characters, and of 64");
  static char name[130];
  memset(name, 'a', 63);
  (void)memcpy(&name[63], ".b", 3);
  CHECK(record_is_host_name(name));
  memset(name, 'a', 64);
  (void)memcpy(&name[64], ".b", 3);
  CHECK(!record_is_host_name(name));
  CHECK(record_is_host_name("a-1.B-2"));
}

static void texts(void) {
  uint8_t one[4] = {'a', 0, 'x', 'y'};
  uint8_t other[4] = {'a', 0, 'p', 'q'};
  char text[SERIAL_TEXT_SIZE];
  check_case("what strcmp does not see does not differ");
  CHECK(record_same_text(one, other, 4));
  other[1] = 'b';
  CHECK(!record_same_text(one, other, 4));
  one[1] = 'b';
  CHECK(!record_same_text(one, other, 4));
  CHECK(record_same_text(one, other, 2));
  check_case("lower-case digits");
  const uint8_t serial[9] = {0x01, 0x23, 0xff, 0xac, 0x64, 0xaf, 0xdf, 0x56, 0xee};
  record_serial_text(serial, text);
  CHECK_TEXT(ID, text);
  check_case("padding");
  CHECK(record_pad("abc", one, 4));
  CHECK_BYTES((const uint8_t *)"abc", one, 4);
  CHECK(!record_pad("abcd", one, 4));
}

static void written(void) {
  bool same = false;
  uint8_t expected[416];
  memset(expected, 0xff, sizeof expected);
  (void)memset(expected, 0, 68);
  (void)memcpy(expected, ID, 18);
  (void)memcpy(&expected[20], HUB, 24);
  check_case("slot 8, byte for byte: initialisation, name, serial number, each read back");
  peer_reset();
  CHECK_EQUAL(ATECC_OK, record_write(HUB, &same));
  CHECK(same);
  CHECK_BYTES(expected, chip.slot8, sizeof expected);
  CHECK_TEXT("IwrSwr", chip.log);
  CHECK_TEXT("Azure IoT URL provisioning complete.\ndevice sn provisioning complete.\n", fake_console);
  check_case("a name of 47 characters");
  peer_reset();
  CHECK_EQUAL(ATECC_OK, record_write(LONGEST, &same));
  CHECK_BYTES((const uint8_t *)LONGEST, &chip.slot8[20], 48);
  check_case("a name of 48");
  peer_reset();
  CHECK(record_write(LONGEST "t", &same) != ATECC_OK);
  CHECK(!same);
  CHECK_TEXT("I", chip.log);
}

static void refused(void) {
  bool same = true;
  check_case("Quirk: what the chip refuses is printed, and the firmware goes on to compare");
  peer_reset();
  chip.write_result = 0x0f;
  CHECK_EQUAL(ATECC_OK, record_write(HUB, &same));
  CHECK(!same);
  CHECK_TEXT("write azureiot hub URL to slot8 failed with ret=0x00000244/r/nerror comparing Azure IoT URL\n"
             "write device sn to slot8 failed with ret=0x00000244/r/nerror comparing device sn\n",
             fake_console);
  check_case("to read as well; a status that the library has no code of");
  peer_reset();
  chip.write_result = 0x03;
  chip.read_result = 0x07;
  CHECK_EQUAL(ATECC_OK, record_write(HUB, &same));
  CHECK_TEXT("write azureiot hub URL to slot8 failed with ret=0x00000210/r/n"
             "read azureiot hub URL to slot8 failed with ret=0x00000007/r/nerror comparing Azure IoT URL\n"
             "write device sn to slot8 failed with ret=0x00000210/r/n"
             "read device sn to slot8 failed with ret=0x00000007/r/nerror comparing device sn\n",
             fake_console);
  check_case("a chip that is gone: nothing is printed");
  peer_reset();
  chip.read_result = ATECC_NO_WAKE;
  CHECK_EQUAL(ATECC_NO_WAKE, record_write(HUB, &same));
  CHECK_TEXT("", fake_console);
  CHECK_TEXT("Iwr", chip.log);
  peer_reset();
  chip.write_result = ATECC_TIMEOUT;
  CHECK_EQUAL(ATECC_TIMEOUT, record_write(HUB, &same));
  CHECK_TEXT("Iw", chip.log);
  peer_reset();
  chip.init_result = ATECC_BAD_REPLY;
  CHECK_EQUAL(ATECC_BAD_REPLY, record_write(HUB, &same));
  CHECK_TEXT("I", chip.log);
}

static void names(void) {
  char text[64];
  check_case("a user name that does not fit");
  CHECK(azure_hub_user_name(text, sizeof text, HUB, "a", "2018-06-30", NULL));
  CHECK_TEXT(HUB "/a/?api-version=2018-06-30", text);
  CHECK(!azure_hub_user_name(text, 50, HUB, "a", "2018-06-30", NULL));
  CHECK(azure_hub_user_name(text, 51, HUB, "a", "2018-06-30", NULL));
  CHECK(!azure_dps_user_name(text, sizeof text, "0ne", ID));
  CHECK(!azure_status_topic(text, sizeof text, 65535, OPERATION));
  check_case("percent-encoding: lower-case digits, and ! ( ) * - . _ stay");
  CHECK(azure_hub_user_name(text, sizeof text, "h", "d", "v", "aZ09!()*-._~/ +'"));
  CHECK_TEXT("h/d/?api-version=v&DeviceClientType=aZ09!()*-._%7e%2f%20%2b%27", text);
}

int main(void) {
  records();
  host_names();
  texts();
  written();
  refused();
  names();
  return check_end("azure_record");
}
