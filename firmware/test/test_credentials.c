/*
 * The certificates before each connection: which commands, in which order (the sheet on the firmware, A2), and what
 * they come to.
 */
#include "../core/credentials.h"

#include "../core/atecc.h"
#include "check.h"
#include "fake_atecc.h"
#include "fleet_device.h"
#include "hex.h"

static struct credentials credentials;

static const char *const commands_of_24 =
    "02 80 0000; 40 00 0000; " /* initialisation, public key for the key's context */
    "02 82 0058; 02 82 0158; 02 82 0258; " /* the signer's key, for the device's authority key identifier */
    "02 82 0050; 02 82 0150; 02 02 0250; 02 02 0251; 40 00 0000; " /* the device */
    "02 80 0000; "
    "02 82 0078; 02 82 0178; 02 82 0278; " /* the root's key */
    "02 82 0060; 02 82 0160; 02 02 0260; 02 02 0261; 02 82 0070; 02 82 0170; " /* the signer and its record */
    "02 82 0058; 02 82 0158; 02 02 0258; 02 02 0259";

static void provisioned_chip(void) {
  fake_atecc_reset();
  (void)hex_bytes(fleet_public_key, fake_chip.public_key);
  (void)hex_bytes(fleet_slot_10, fake_chip.slots[10]);
  (void)hex_bytes(fleet_slot_11, fake_chip.slots[11]);
  (void)hex_bytes(fleet_slot_12, fake_chip.slots[12]);
  (void)hex_bytes(fleet_slot_14, fake_chip.slots[14]);
  (void)hex_bytes(fleet_slot_15, fake_chip.slots[15]);
  memcpy(fake_chip.slots[8], fleet_common_name, 18);
}

static void same_as_issued(void) {
  uint8_t device[CERTIFICATE_LIMIT];
  uint8_t signer[CERTIFICATE_LIMIT];
  const size_t device_length = hex_bytes(fleet_device_der, device);
  const size_t signer_length = hex_bytes(fleet_signer_der, signer);
  CHECK_EQUAL(device_length, credentials.chain[0].length);
  CHECK_BYTES(device, credentials.chain[0].bytes, device_length);
  CHECK_EQUAL(signer_length, credentials.chain[1].length);
  CHECK_BYTES(signer, credentials.chain[1].bytes, signer_length);
}

static void load(void) {
  check_case("24 commands with the common name compiled in");
  provisioned_chip();
  memset(fake_chip.slots[8], 0, 32);
  CHECK_EQUAL(ATECC_OK, credentials_load(&credentials, fleet_common_name));
  CHECK_TEXT(commands_of_24, fake_chip.commands);
  CHECK_EQUAL(24, fake_chip.command_count);
  same_as_issued();

  check_case("one more, behind the device's key, where it stands in slot 8");
  provisioned_chip();
  memset(&credentials, 0, sizeof credentials);
  CHECK_EQUAL(ATECC_OK, credentials_load(&credentials, NULL));
  CHECK_EQUAL(25, fake_chip.command_count);
  CHECK(strstr(fake_chip.commands, "02 02 0251; 40 00 0000; 02 82 0040; 02 80 0000; 02 82 0078") != NULL);
  same_as_issued();
}

static void refusals(void) {
  check_case("a refusal of each command is the result, and nothing follows it");
  for (unsigned at = 1; at <= 25u; at++) {
    provisioned_chip();
    fake_chip.status_at = at;
    fake_chip.status = 0x0f;
    CHECK_EQUAL(0x0f, credentials_load(&credentials, NULL));
    CHECK_EQUAL(at, fake_chip.command_count);
  }

  check_case("a device certificate of another definition: the signer's is not asked for any more");
  provisioned_chip();
  fake_chip.slots[10][69] = 0x30;
  CHECK_EQUAL(CREDENTIALS_BAD + 11, credentials_load(&credentials, NULL));
  CHECK_EQUAL(11, fake_chip.command_count);
  check_case("a format that the library of 2019 does not know");
  provisioned_chip();
  fake_chip.slots[12][70] = 0x01;
  CHECK_EQUAL(CREDENTIALS_BAD + 4, credentials_load(&credentials, NULL));
  check_case("month 0");
  provisioned_chip();
  fake_chip.slots[10][64] &= 0xf8;
  fake_chip.slots[10][65] &= 0x7f;
  CHECK_EQUAL(CREDENTIALS_BAD + 5, credentials_load(&credentials, NULL));
  check_case("a common name of another length than the template's");
  provisioned_chip();
  CHECK_EQUAL(CREDENTIALS_BAD + 11, credentials_load(&credentials, "012301504a04c91ee"));
  CHECK_EQUAL(CREDENTIALS_BAD + 11, credentials_load(&credentials, "012301504a04c91eeee"));
}

int main(void) {
  load();
  refusals();
  return check_end("credentials");
}
