/*
 * What the slots hold of an issued certificate, as the vendor's library writes it, and what a chip could not give back.
 */
#include "../core/compress.h"

#include <stdio.h>
#include <string.h>

#include "../core/certificate_definition.h"
#include "chain0.h"
#include "check.h"
#include "hex.h"

static uint8_t der[640];
static size_t length;
static struct profile_certificate definition;
static struct reason reason;
static struct signer_slots signer;
static struct device_slots device;

static void same(const char *expected_hex, const uint8_t *bytes, size_t count) {
  uint8_t expected[128];
  CHECK_EQUAL(count, hex_bytes(expected_hex, expected));
  CHECK_BYTES(expected, bytes, count);
}

static void as_written(void) {
  check_case("the signer's slots 12, 14 and 11");
  length = hex_bytes(chain0_signer_der, der);
  CHECK(certificate_definition(der, length, CERTIFICATE_SIGNER, &definition, &reason));
  CHECK(compress_signer(&definition, &signer, &reason));
  same(chain0_slot_12, signer.compressed, sizeof signer.compressed);
  same(chain0_slot_14, signer.record, sizeof signer.record);
  same(chain0_slot_11, signer.public_key, sizeof signer.public_key);
  check_case("the device's slots 10 and 8");
  length = hex_bytes(chain0_device_der, der);
  CHECK(certificate_definition(der, length, CERTIFICATE_DEVICE, &definition, &reason));
  CHECK(compress_device(&definition, &device, &reason));
  same(chain0_slot_10, device.compressed, sizeof device.compressed);
  same(chain0_slot_8, device.common_name, sizeof device.common_name);

  check_case("Quirk: one buffer serves slots 12 and 14, so that bytes outside the fields are left over from the "
             "signature");
  CHECK_BYTES(signer.compressed, signer.record, 4);
  CHECK_BYTES(&signer.compressed[20], &signer.record[20], 2);
  CHECK_BYTES(&signer.compressed[35], &signer.record[35], 2);
  CHECK_BYTES(&signer.compressed[50], &signer.record[50], 14);
  check_case("Quirk: bytes after the name are left over from the signature");
  CHECK_BYTES(&device.compressed[18], &device.common_name[18], 14);
}

/* The device's certificate with `text` at `offset`. */
static void refused(const char *what, size_t offset, const char *text, const char *words) {
  char expected[REASON_SIZE];
  check_case(what);
  length = hex_bytes(chain0_device_der, der);
  memcpy(&der[offset], text, strlen(text));
  CHECK(certificate_definition(der, length, CERTIFICATE_DEVICE, &definition, &reason));
  CHECK(!compress_device(&definition, &device, &reason));
  (void)snprintf(expected, sizeof expected, "the certificate cannot be rebuilt from a chip unchanged: %s", words);
  CHECK_TEXT(expected, reason.text);
}

static void refusals(void) {
  static const char *const hour = "issued at another time than a full hour";
  static const char *const years = "issued outside 2000 to 2031";
  static const char *const serial = "its serial number is not the hash of key and dates";
  /* notBefore stands at 87, notAfter at 102 */
  refused("at 10:45", 87, "190618104500Z", hour);
  refused("at 10:00:01", 87, "190618100001Z", hour);
  refused("in 1999", 87, "990618100000Z", years);
  refused("in 2032", 87, "320618100000Z", years);
  refused("in 2031, which another serial number would say", 87, "310618100000Z", serial);
  refused("another day, which another serial number would say", 87, "190617100000Z", serial);
  refused("20 years, which another serial number would say", 102, "20390618100000Z", serial);
  refused("20 years and a second", 102, "20390618100001Z", "it does not expire whole years after its issue");
  refused("a serial number of its own", 20, "x", serial);

  check_case("a common name longer than a block");
  length = hex_bytes(chain0_device_der, der);
  CHECK(certificate_definition(der, length, CERTIFICATE_DEVICE, &definition, &reason));
  definition.common_name.count = 32;
  CHECK(compress_device(&definition, &device, &reason));
  definition.common_name.count = 33;
  CHECK(!compress_device(&definition, &device, &reason));
  CHECK_TEXT("the certificate cannot be rebuilt from a chip unchanged: its common name is longer than a block",
             reason.text);

  check_case("the signature is no SEQUENCE");
  length = hex_bytes(chain0_device_der, der);
  der[341] = 0x31;
  CHECK(certificate_definition(der, length, CERTIFICATE_DEVICE, &definition, &reason));
  CHECK(!compress_device(&definition, &device, &reason));
  CHECK_TEXT("tag 49 where 48 belongs", reason.text);
}

int main(void) {
  as_written();
  refusals();
  return check_end("compress");
}
