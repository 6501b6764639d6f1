/*
 * Certificates rebuilt from slots, and what the library of 2019 refuses. Offsets are from OpenSSL's listing of chain 0
 * (asn1parse).
 */
#include "../core/certificate.h"

#include <string.h>

#include "../core/certificate_dates.h"
#include "../core/certificate_signature.h"
#include "chain0.h"
#include "check.h"
#include "hex.h"

static uint8_t signer_der[434], device_der[413];
static uint8_t slot10[72], slot11[72], slot12[72], slot14[64], slot15[72], public_key[64];
static uint8_t bytes[640];
static struct certificate_buffer buffer;

static const struct profile_certificate signer_definition = {
    .template_der = signer_der, .template_length = sizeof signer_der,
    .template_id = 1, .sn_source = 0x0, .expire_years = 10,
    .serial_number = {15, 16}, .not_before = {85, 13}, .not_after = {100, 13}, .common_name = {145, 8},
    .public_key = {180, 64}, .subject_key_id = {295, 20}, .authority_key_id = {328, 20}, .signature = {360, 74}};

static const struct profile_certificate device_definition = {
    .template_der = device_der, .template_length = sizeof device_der,
    .template_id = 2, .sn_source = 0xa, .expire_years = 0,
    .serial_number = {15, 16}, .not_before = {87, 13}, .not_after = {102, 15}, .common_name = {149, 18},
    .public_key = {194, 64}, .subject_key_id = {273, 20}, .authority_key_id = {306, 20}, .signature = {338, 75}};

static void read_chain(void) {
  (void)hex_bytes(chain0_signer_der, signer_der);
  (void)hex_bytes(chain0_device_der, device_der);
  (void)hex_bytes(chain0_slot_10, slot10);
  (void)hex_bytes(chain0_slot_11, slot11);
  (void)hex_bytes(chain0_slot_12, slot12);
  (void)hex_bytes(chain0_slot_14, slot14);
  (void)hex_bytes(chain0_slot_15, slot15);
  (void)hex_bytes(chain0_device_public_key, public_key);
  buffer.bytes = bytes;
  buffer.room = sizeof bytes;
  buffer.length = 0;
}

/* Of the template only what no device changes is kept, so that nothing comes back by itself. */
static void blank(uint8_t *der, const struct profile_certificate *definition, size_t length) {
  const struct profile_element elements[] = {definition->serial_number,  definition->not_before,
                                             definition->public_key,     definition->subject_key_id,
                                             definition->authority_key_id};
  for (size_t at = 0; at < sizeof elements / sizeof elements[0]; at++) {
    memset(&der[elements[at].offset], 0, elements[at].count);
  }
  memset(&der[2], 0, 2);
  memset(&der[definition->signature.offset], 0, length - definition->signature.offset);
}

static enum certificate_status rebuild_signer(void) {
  const struct signer_parts parts = {slot12, slot14, slot11, slot15};
  return certificate_rebuild_signer(&signer_definition, &parts, &buffer);
}

static enum certificate_status rebuild_device(void) {
  const struct device_parts parts = {slot10, public_key, slot11, (const uint8_t *)chain0_common_name};
  return certificate_rebuild_device(&device_definition, &parts, &buffer);
}

static void as_issued(void) {
  uint8_t issued[640];
  check_case("the signer, byte for byte");
  read_chain();
  memcpy(issued, signer_der, sizeof signer_der);
  blank(signer_der, &signer_definition, sizeof signer_der);
  memset(&signer_der[100], 0, 13);
  CHECK_EQUAL(CERTIFICATE_OK, rebuild_signer());
  CHECK_EQUAL(434, buffer.length);
  CHECK_BYTES(issued, bytes, 434);

  check_case("the device, byte for byte");
  memcpy(issued, device_der, sizeof device_der);
  blank(device_der, &device_definition, sizeof device_der);
  memset(&device_der[149], 0, 18);
  CHECK_EQUAL(CERTIFICATE_OK, rebuild_device());
  CHECK_EQUAL(413, buffer.length);
  CHECK_BYTES(issued, bytes, 413);
}

/* Zeros for R and S are the shortest signature, 11 bytes. */
static void header(void) {
  static const uint8_t template_der[640] = {0x30, 0x82};
  struct profile_certificate definition = device_definition;
  const struct device_parts parts = {slot10, public_key, slot11, (const uint8_t *)chain0_common_name};
  check_case("the length in the header is that of what follows its four bytes");
  read_chain();
  memset(slot10, 0, 64);
  definition.template_der = template_der;
  definition.template_length = sizeof template_der;
  definition.signature.offset = 504;
  CHECK_EQUAL(CERTIFICATE_OK, certificate_rebuild_device(&definition, &parts, &buffer));
  CHECK_EQUAL(515, buffer.length);
  CHECK_BYTES((const uint8_t *)"\x30\x82\x01\xff", bytes, 4);
}

static void refused(enum certificate_status expected, uint8_t *byte, uint8_t value,
                    enum certificate_status (*rebuild)(void)) {
  read_chain();
  byte[0] = value;
  CHECK_EQUAL(expected, rebuild());
}

static void definitions(void) {
  check_case("another format, template, chain or source of serial numbers");
  refused(CERTIFICATE_DECODING_ERROR, &slot10[70], 0xa1, rebuild_device);
  refused(CERTIFICATE_DECODING_ERROR, &slot10[70], 0xa3, rebuild_device);
  refused(CERTIFICATE_WRONG_CERT_DEF, &slot10[69], 0x30, rebuild_device);
  refused(CERTIFICATE_WRONG_CERT_DEF, &slot10[69], 0x21, rebuild_device);
  refused(CERTIFICATE_WRONG_CERT_DEF, &slot10[70], 0x00, rebuild_device);
  refused(CERTIFICATE_DECODING_ERROR, &slot12[70], 0x03, rebuild_signer);
  refused(CERTIFICATE_WRONG_CERT_DEF, &slot12[69], 0x20, rebuild_signer);
  refused(CERTIFICATE_WRONG_CERT_DEF, &slot12[70], 0xa0, rebuild_signer);
  check_case("signer id and last byte are not looked at");
  refused(CERTIFICATE_OK, &slot10[67], 0x12, rebuild_device);
  refused(CERTIFICATE_OK, &slot10[71], 0xf0, rebuild_device);
  check_case("the format is looked at first, the dates last");
  read_chain();
  slot10[69] = 0x30;
  slot10[70] = 0xa3;
  slot10[65] = 0x00;
  CHECK_EQUAL(CERTIFICATE_DECODING_ERROR, rebuild_device());
  slot10[70] = 0xa0;
  CHECK_EQUAL(CERTIFICATE_WRONG_CERT_DEF, rebuild_device());
  slot10[69] = 0x20;
  CHECK_EQUAL(CERTIFICATE_INVALID_DATE, rebuild_device());
  check_case("no room");
  read_chain();
  buffer.room = 412;
  CHECK_EQUAL(CERTIFICATE_WRONG_CERT_DEF, rebuild_device());
  buffer.room = 413;
  CHECK_EQUAL(CERTIFICATE_OK, rebuild_device());
}

/* Year - 2000, month, day, hour, expire years. */
static void put_dates(uint8_t *slot, int32_t year, int32_t month, int32_t day, int32_t hour, uint8_t years) {
  const struct certificate_time issued = {2000 + year, month, day, hour, 0, 0};
  certificate_dates_encode(&issued, years, &slot[64]);
}

static void dated(enum certificate_status expected, int32_t month, int32_t day, int32_t hour) {
  read_chain();
  put_dates(slot10, 19, month, day, hour, 0);
  CHECK_EQUAL(expected, rebuild_device());
  read_chain();
  put_dates(slot12, 19, month, day, hour, 10);
  CHECK_EQUAL(expected, rebuild_signer());
}

static void dates(void) {
  uint8_t issued[640];
  check_case("dates out of their ranges");
  dated(CERTIFICATE_INVALID_DATE, 0, 18, 10);
  dated(CERTIFICATE_OK, 1, 18, 10);
  dated(CERTIFICATE_OK, 12, 18, 10);
  dated(CERTIFICATE_INVALID_DATE, 13, 18, 10);
  dated(CERTIFICATE_INVALID_DATE, 6, 0, 10);
  dated(CERTIFICATE_OK, 6, 31, 23);
  dated(CERTIFICATE_INVALID_DATE, 6, 18, 24);

  check_case("Quirk: no month's length is looked at, so that 30 February passes");
  read_chain();
  put_dates(slot10, 19, 2, 30, 10, 0);
  CHECK_EQUAL(CERTIFICATE_OK, rebuild_device());
  CHECK_BYTES((const uint8_t *)"190230100000Z", &bytes[87], 13);

  check_case("Quirk: the dates of slot 12 have to be valid, although slot 14 overwrites them unseen");
  read_chain();
  memset(&slot14[22], '*', 13);
  CHECK_EQUAL(CERTIFICATE_OK, rebuild_signer());
  CHECK_BYTES((const uint8_t *)"*************", &bytes[85], 13);
  put_dates(slot12, 19, 6, 18, 10, 30);
  CHECK_EQUAL(CERTIFICATE_OK, rebuild_signer());
  put_dates(slot12, 19, 6, 18, 10, 31);
  CHECK_EQUAL(CERTIFICATE_INVALID_DATE, rebuild_signer());

  check_case("Quirk: the serial number hashes dates encoded anew, so that the expire years of slot 10 are without "
             "effect");
  for (uint8_t years = 0; years < 32u; years++) {
    read_chain();
    memcpy(issued, device_der, sizeof device_der);
    slot10[66] = (uint8_t)((slot10[66] & 0xe0u) | years);
    CHECK_EQUAL(CERTIFICATE_OK, rebuild_device());
    CHECK_BYTES(issued, bytes, 413);
  }
}

/* A device whose definition has expire years writes its end. */
static void expiry(void) {
  struct profile_certificate definition;
  const struct device_parts parts = {slot10, public_key, slot11, (const uint8_t *)chain0_common_name};
  check_case("the end of a certificate that ends is that of the compressed dates");
  read_chain();
  definition = device_definition;
  definition.expire_years = 20;
  put_dates(slot10, 26, 6, 8, 3, 20);
  CHECK_EQUAL(CERTIFICATE_OK, certificate_rebuild_device(&definition, &parts, &buffer));
  CHECK_BYTES((const uint8_t *)"260608030000Z", &bytes[87], 13);
  CHECK_BYTES((const uint8_t *)"20460608030000Z", &bytes[102], 15);
  put_dates(slot10, 26, 6, 8, 3, 0);
  CHECK_EQUAL(CERTIFICATE_OK, certificate_rebuild_device(&definition, &parts, &buffer));
  CHECK_BYTES((const uint8_t *)"99991231235959Z", &bytes[102], 15);
}

static void encoded_dates(void) {
  uint8_t encoded[3];
  struct compressed_dates decoded;
  const struct certificate_time issued = {2019, 6, 18, 10, 0, 0};
  check_case("2019-06-18 10 h, no expiry, is 9B 49 40; with 10 years 9B 49 4A");
  certificate_dates_encode(&issued, 0, encoded);
  CHECK_BYTES((const uint8_t *)"\x9b\x49\x40", encoded, 3);
  certificate_dates_encode(&issued, 10, encoded);
  CHECK_BYTES((const uint8_t *)"\x9b\x49\x4a", encoded, 3);
  certificate_dates_decode((const uint8_t *)"\xff\xff\xff", &decoded);
  CHECK_EQUAL(2031, decoded.issued.year);
  CHECK_EQUAL(15, decoded.issued.month);
  CHECK_EQUAL(31, decoded.issued.day);
  CHECK_EQUAL(31, decoded.issued.hour);
  CHECK_EQUAL(31, decoded.expire_years);
}

/* R and S of `r` and 1, as X.509 writes them. */
static void signature(const char *r, const char *expected) {
  uint8_t raw[64] = {0};
  uint8_t element[SIGNATURE_ELEMENT_LIMIT];
  uint8_t known[SIGNATURE_ELEMENT_LIMIT];
  uint8_t back[64];
  struct reason reason;
  const size_t length = strlen(r) / 2u;
  (void)hex_bytes(r, &raw[32u - length]);
  raw[63] = 1;
  const size_t known_length = hex_bytes(expected, known);
  CHECK_EQUAL(known_length, certificate_signature_put(raw, element));
  CHECK_BYTES(known, element, known_length);
  CHECK(certificate_signature_read(element, known_length, back, &reason));
  CHECK_BYTES(raw, back, 64);
}

static void signatures(void) {
  check_case("integers of a signature in their shortest form (X.690 8.3)");
  signature("00", "030900 3006 020100 020101");
  signature("7f", "030900 3006 02017f 020101");
  signature("80", "030a00 3007 02020080 020101");
  signature("0100", "030a00 3007 02020100 020101");
  signature("ff00000000000000000000000000000000000000000000000000000000000000",
            "032900 3026 022100ff00000000000000000000000000000000000000000000000000000000000000 020101");
}

int main(void) {
  as_issued();
  header();
  definitions();
  dates();
  expiry();
  encoded_dates();
  signatures();
  return check_end("certificate");
}
