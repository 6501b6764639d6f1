/* Elements of DER (X.690), good ones and ones that differ in one respect. */
#include "../core/der.h"

#include <string.h>

#include "../core/certificate_attribute.h"
#include "check.h"
#include "hex.h"

static uint8_t bytes[512];
static struct reason reason;

static struct der_reader reader_of(const char *hex) {
  memset(bytes, 0xee, sizeof bytes);
  return der_reader_of(bytes, hex_bytes(hex, bytes));
}

static void reads(const char *hex, uint8_t tag, size_t head, size_t length) {
  struct der_element element;
  struct der_reader reader = reader_of(hex);
  /* The content is not written out. */
  reader.length = head + length;
  CHECK(der_next(&reader, &element, &reason));
  CHECK_EQUAL(tag, element.tag);
  CHECK_EQUAL(length, element.length);
  CHECK_EQUAL(head + length, element.whole_length);
  CHECK(element.whole == bytes && element.content == &bytes[head]);
  CHECK(der_at_end(&reader));
}

static void refuses(const char *what, const char *hex, const char *words) {
  struct der_element element;
  struct der_reader reader = reader_of(hex);
  check_case(what);
  CHECK(!der_next(&reader, &element, &reason));
  CHECK_TEXT(words, reason.text);
  CHECK(reason.malformed);
}

static void elements(void) {
  static const char *const shortest = "a length that is not in its shortest form";
  check_case("tag, length, content");
  reads("0500", 0x05, 2, 0);
  reads("047f", 0x04, 2, 127);
  reads("048180", 0x04, 3, 128);
  reads("0481ff", 0x04, 3, 255);
  reads("04820100", 0x04, 4, 256);
  refuses("nothing", "", "an element without an end");
  refuses("a tag alone", "04", "an element without an end");
  refuses("half a length", "048201", "an element without an end");
  refuses("a tag of several bytes", "1f0100", "a multi-byte tag");
  refuses("a length that is not known", "0480", "a length of 0 octets");
  refuses("a length in four bytes", "048400000080", "a length of 4 octets");
  refuses("127 in two bytes", "04817f", shortest);
  refuses("255 in three bytes", "048200ff", shortest);
  refuses("65535 in four bytes", "048300ffff", shortest);
  refuses("more than there is", "040200", "an element of 2 bytes that ends after its container");
  refuses("much more than there is", "0483ffffff", "an element of 16777215 bytes that ends after its container");
}

static void several(void) {
  struct der_element element;
  struct der_reader reader = reader_of("0201010c0141");
  check_case("one behind the other");
  CHECK(der_check_rest(&reader, &reason));
  CHECK(der_is_next(&reader, 0x02) && !der_is_next(&reader, 0x0c));
  CHECK(der_expect(&reader, 0x02, &element, &reason));
  CHECK(!der_expect(&reader, 0x13, &element, &reason));
  CHECK_TEXT("tag 12 where 19 belongs", reason.text);
  CHECK(der_at_end(&reader) && !der_is_next(&reader, 0xee));
  check_case("the second one has no end");
  reader = reader_of("0201010c0241");
  CHECK(!der_check_rest(&reader, &reason));
}

/* Whether an identifier is id-ce-subjectKeyIdentifier, 2.5.29.14: 1, 0, or -1 for none at all. */
static int is_key_identifier(const char *hex) {
  static const uint64_t numbers[3] = {85, 29, 14};
  bool same = false;
  const size_t length = hex_bytes(hex, bytes);
  if (!der_is_object(bytes, length, numbers, 3, &same, &reason)) return -1;
  return same ? 1 : 0;
}

static void identifiers(void) {
  check_case("object identifiers (X.690 8.19)");
  CHECK_EQUAL(1, is_key_identifier("551d0e"));
  CHECK_EQUAL(0, is_key_identifier("551d0f"));
  CHECK_EQUAL(0, is_key_identifier("551d"));
  CHECK_EQUAL(0, is_key_identifier("551d0e01"));
  CHECK_EQUAL(0, is_key_identifier("2b0e031d0e"));
  check_case("zeros in front of a number are no other number, as for the twin");
  CHECK_EQUAL(1, is_key_identifier("55801d0e"));
  check_case("identifiers without an end");
  CHECK_EQUAL(-1, is_key_identifier(""));
  CHECK_EQUAL(-1, is_key_identifier("551d8e"));
  CHECK_TEXT("an object identifier without an end", reason.text);
  check_case("2 to the power of 46 is too much");
  CHECK_EQUAL(0, is_key_identifier("8fffffffffff7f"));
  CHECK_EQUAL(-1, is_key_identifier("90808080808000"));
  CHECK_TEXT("an object identifier with a huge arc", reason.text);
}

/* The value of a sequence that is id-ce-subjectKeyIdentifier's, as its tag; 0: it is not. */
static uint8_t value_of(const char *hex) {
  static const uint64_t type[CERTIFICATE_TYPE_NUMBERS] = {85, 29, 14};
  struct der_element sequence = {0};
  struct der_element value = {0};
  bool found = false;
  sequence.length = hex_bytes(hex, bytes);
  sequence.content = bytes;
  CHECK(certificate_attribute(&sequence, type, &value, &found, &reason));
  return found ? value.tag : 0;
}

static void attributes(void) {
  check_case("the value is the last element behind the type");
  CHECK_EQUAL(0x04, value_of("0603551d0e 040100"));
  CHECK_EQUAL(0x04, value_of("0603551d0e 0101ff 040100"));
  CHECK_EQUAL(0, value_of("0603551d23 040100"));
  CHECK_EQUAL(0, value_of("0603551d0e"));
  CHECK_EQUAL(0, value_of(""));
}

int main(void) {
  elements();
  several();
  identifiers();
  attributes();
  return check_end("der");
}
