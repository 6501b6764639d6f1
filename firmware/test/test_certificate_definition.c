/*
 * Where the elements of a certificate are (OpenSSL's listing of chain 0), and what cannot serve as a template: one
 * difference each.
 */
#include "../core/certificate_definition.h"

#include <stdio.h>
#include <string.h>

#include "chain0.h"
#include "check.h"
#include "hex.h"

static uint8_t signer[640], device[640];
static size_t signer_length, device_length;

static void read_chain(void) {
  signer_length = hex_bytes(chain0_signer_der, signer);
  device_length = hex_bytes(chain0_device_der, device);
}

static void at(unsigned offset, unsigned count, const struct profile_element *element) {
  CHECK_EQUAL(offset, element->offset);
  CHECK_EQUAL(count, element->count);
}

static void places(void) {
  struct profile_certificate found;
  struct reason reason;
  read_chain();
  check_case("signer, 434 bytes");
  CHECK(certificate_definition(signer, signer_length, CERTIFICATE_SIGNER, &found, &reason));
  at(4, 344, &found.tbs);
  at(15, 16, &found.serial_number);
  at(85, 13, &found.not_before);
  at(100, 13, &found.not_after);
  at(145, 8, &found.common_name);
  at(180, 64, &found.public_key);
  at(295, 20, &found.subject_key_id);
  at(328, 20, &found.authority_key_id);
  at(360, 74, &found.signature);
  CHECK_EQUAL(1, found.template_id);
  CHECK_EQUAL(0, found.chain_id);
  CHECK_EQUAL(0, found.sn_source);
  CHECK_EQUAL(10, found.expire_years);
  CHECK(found.template_der == signer && found.template_length == 434u);
  check_case("device, 413 bytes");
  CHECK(certificate_definition(device, device_length, CERTIFICATE_DEVICE, &found, &reason));
  at(4, 322, &found.tbs);
  at(15, 16, &found.serial_number);
  at(87, 13, &found.not_before);
  at(102, 15, &found.not_after);
  at(149, 18, &found.common_name);
  at(194, 64, &found.public_key);
  at(273, 20, &found.subject_key_id);
  at(306, 20, &found.authority_key_id);
  at(338, 75, &found.signature);
  CHECK_EQUAL(2, found.template_id);
  CHECK_EQUAL(0xa, found.sn_source);
  CHECK_EQUAL(0, found.expire_years);
}

static void years(void) {
  struct profile_certificate found;
  struct reason reason;
  check_case("from 2000 to 2031 it counts 31 years, to 2032 none: five bits hold no more");
  read_chain();
  memcpy(&signer[85], "00", 2);
  memcpy(&signer[100], "31", 2);
  CHECK(certificate_definition(signer, signer_length, CERTIFICATE_SIGNER, &found, &reason));
  CHECK_EQUAL(31, found.expire_years);
  memcpy(&signer[100], "32", 2);
  CHECK(certificate_definition(signer, signer_length, CERTIFICATE_SIGNER, &found, &reason));
  CHECK_EQUAL(0, found.expire_years);
  check_case("a UTCTime of 50 is 1950: it ends before it begins");
  memcpy(&signer[85], "31", 2);
  memcpy(&signer[100], "50", 2);
  CHECK(certificate_definition(signer, signer_length, CERTIFICATE_SIGNER, &found, &reason));
  CHECK_EQUAL(0, found.expire_years);
}

static void refused(enum certificate_kind kind, const char *words) {
  struct profile_certificate found;
  struct reason reason = {false, ""};
  const bool is_signer = kind == CERTIFICATE_SIGNER;
  CHECK(!certificate_definition(is_signer ? signer : device, is_signer ? signer_length : device_length, kind, &found,
                                &reason));
  CHECK_TEXT(words, reason.text);
  CHECK(!reason.malformed);
}

/* The device's certificate with one byte changed. */
static void changed(const char *what, size_t offset, uint8_t value, const char *words) {
  char text[192];
  check_case(what);
  read_chain();
  device[offset] = value;
  (void)snprintf(text, sizeof text, "the certificate cannot serve as a template: %s", words);
  refused(CERTIFICATE_DEVICE, text);
}

static void changed_der(const char *what, size_t offset, uint8_t value, const char *words) {
  char text[192];
  check_case(what);
  read_chain();
  device[offset] = value;
  (void)snprintf(text, sizeof text, "this is not a certificate in DER: %s", words);
  refused(CERTIFICATE_DEVICE, text);
}

/* Bytes are named by what stands there in OpenSSL's listing of the certificate. */
static void unfit(void) {
  changed("another tag than SEQUENCE around what is signed", 4, 0x31, "no tbsCertificate");
  changed("no version", 8, 0xa1, "no version");
  changed("no INTEGER for the serial number", 13, 0x04, "no serialNumber");
  changed("a serial number of 15 bytes", 14, 0x0f, "its serial number");
  changed("validity is no SEQUENCE", 83, 0x31, "no validity");
  changed("notBefore is no time", 85, 0x04, "no validity");
  changed("notBefore is a GeneralizedTime of 13 bytes", 85, 0x18, "no validity");
  changed("notAfter is a UTCTime of 15 bytes", 100, 0x17, "no validity");
  changed("the subject is no SEQUENCE", 117, 0x31, "no subject");
  changed("the public key's type", 173, 0x2b, "its public key is not on P-256");
  changed("the public key's curve", 189, 0x08, "its public key is not on P-256");
  changed("a compressed point", 193, 0x02, "its public key is not on P-256");
  changed("the extensions' tag", 258, 0xa2, "no extensions");
  changed("the extensions are no SEQUENCE", 260, 0x31, "no extensions");
  changed("another extension than the subject's key identifier", 268, 0x0f, "no 2.5.29.14");
  changed("the subject's key identifier is no OCTET STRING", 271, 0x0c, "no subjectKeyIdentifier");
  changed("another extension than the authority's key identifier", 299, 0x24, "no 2.5.29.35");
  changed("the authority's key identifier is no SEQUENCE", 302, 0x31, "no authorityKeyIdentifier");
  changed("the issuer in place of a key identifier", 304, 0x81, "no keyIdentifier");
  changed("19 bytes of a key identifier", 272, 0x13, "its key identifiers");
  changed("19 bytes of the authority's", 305, 0x13, "its key identifiers");
  changed("no common name", 146, 0x04, "no 2.5.4.3");
  changed("the signature's tag", 338, 0x04, "no signatureValue");
}

static void malformed(void) {
  changed_der("a tag of several bytes", 0, 0x3f, "a multi-byte tag");
  changed_der("a length that is not known before the end", 1, 0x80, "a length of 0 octets");
  changed_der("a length of more bytes than any certificate needs", 1, 0x84, "a length of 4 octets");
  changed_der("a certificate that ends behind its file", 3, 0x9a,
              "an element of 410 bytes that ends after its container");
  changed_der("a length in two bytes that one holds", 6, 0x00, "a length that is not in its shortest form");
  changed_der("a type of an attribute that goes on", 146, 0x83, "an object identifier without an end");

  check_case("nothing");
  read_chain();
  device_length = 0;
  refused(CERTIFICATE_DEVICE, "this is not a certificate in DER: an element without an end");
  check_case("another byte behind the certificate");
  read_chain();
  device_length++;
  refused(CERTIFICATE_DEVICE, "the certificate cannot serve as a template: its length");
  check_case("a header of three bytes, alone and with a byte behind it");
  memset(device, 0, sizeof device);
  memcpy(device, "\x30\x81\x80", 3);
  device_length = 131;
  refused(CERTIFICATE_DEVICE, "the certificate cannot serve as a template: its length");
  device_length = 132;
  refused(CERTIFICATE_DEVICE, "the certificate cannot serve as a template: its length");
  check_case("of a malformed subject and another key, the subject is told");
  read_chain();
  device[122] = 0x10;
  device[189] = 0x08;
  refused(CERTIFICATE_DEVICE,
          "this is not a certificate in DER: an element of 16 bytes that ends after its container");
  check_case("cut anywhere");
  for (size_t length = 1; length < 413u; length++) {
    struct profile_certificate found;
    struct reason reason;
    read_chain();
    CHECK(!certificate_definition(device, length, CERTIFICATE_DEVICE, &found, &reason));
  }
}

static void kinds(void) {
  check_case("a signer's dates are UTCTime, for its record");
  read_chain();
  signer_length = device_length;
  memcpy(signer, device, device_length);
  refused(CERTIFICATE_SIGNER,
          "the certificate cannot serve as a template: the signer's record holds its dates as UTCTime");
  check_case("a root certificate has no authority key identifier");
  signer_length = hex_bytes(chain0_root_der, signer);
  refused(CERTIFICATE_SIGNER, "the certificate cannot serve as a template: no 2.5.29.35");
}

int main(void) {
  places();
  years();
  unfit();
  malformed();
  kinds();
  return check_end("certificate_definition");
}
