/* PEM in both directions, and where a text ends that comes in byte by byte. */
#include "../core/pem.h"

#include <string.h>

#include "../core/base64.h"
#include "../core/pem_reception.h"
#include "check.h"
#include "hex.h"

static uint8_t text[512];

static bool decode(const char *pem, size_t *length) {
  memcpy(text, pem, strlen(pem));
  return pem_decode(text, strlen(pem), "CERTIFICATE", length);
}

static void decoded(const char *what, const char *pem, const char *expected) {
  size_t length = 99;
  check_case(what);
  CHECK(decode(pem, &length));
  CHECK_EQUAL(strlen(expected), length);
  CHECK_BYTES((const uint8_t *)expected, text, strlen(expected));
}

static void not_decoded(const char *what, const char *pem) {
  size_t length = 99;
  check_case(what);
  CHECK(!decode(pem, &length));
}

#define BEGIN "-----BEGIN CERTIFICATE-----"
#define END "-----END CERTIFICATE-----"

static void bodies(void) {
  decoded("one line", BEGIN "\nQUJD\n" END "\n", "ABC");
  decoded("CR LF, blanks, form feeds", BEGIN "\r\nQU\tJ D\f\v\r\n" END, "ABC");
  decoded("Latin-1's space that does not break", BEGIN "QU\xa0JD" END, "ABC");
  decoded("no line ends", BEGIN "QUJD" END, "ABC");
  decoded("nothing", BEGIN END, "");
  decoded("explanations in front", "Subject: a-b\n" BEGIN "QUJD" END, "ABC");
  decoded("a header before the header", BEGIN BEGIN "QUJD" END, "ABC");
  decoded("a text that is not whole before one that is", BEGIN "QUJD!" END BEGIN "REVG" END, "DEF");
  decoded("the first of two", BEGIN "QUJD" END BEGIN "REVG" END, "ABC");
  decoded("more hyphens", "---" BEGIN "QUJD" END "---", "ABC");
  not_decoded("empty", "");
  not_decoded("another label", "-----BEGIN PUBLIC KEY-----QUJD-----END PUBLIC KEY-----");
  not_decoded("a footer of another label", BEGIN "QUJD-----END CERTIFICATE2-----");
  not_decoded("a character that is none of base64", BEGIN "QU!JD" END);
  not_decoded("URL-safe base64", BEGIN "QU_D" END);
  not_decoded("a NUL would end the text here", BEGIN);
  not_decoded("four hyphens", BEGIN "QUJD" "-----END CERTIFICATE----");
  not_decoded("a small letter", "-----BEGIN Certificate-----QUJD" END);
}

/* As Node's Buffer reads base64, which the twin does. */
static void lenient(void) {
  static const struct {
    const char *base64, *bytes;
  } known[] = {{"QUJD=REVG", "414243"}, {"QQ==QQ==", "41"}, {"Q=Q=", ""},          {"QU", "41"},
               {"QUJ", "4142"},         {"QUJDR", "414243"}, {"====", ""},         {"=QUJD", ""},
               {"QR", "41"},            {"QUK", "4142"},     {"QUJDRAX=", "4142434405"}, {"QUJDRAXYZAB=RE",
                                                                                          "4142434405d86400"}};
  check_case("base64 of another form");
  for (size_t at = 0; at < sizeof known / sizeof known[0]; at++) {
    uint8_t bytes[16];
    uint8_t expected[16];
    const size_t length = hex_bytes(known[at].bytes, expected);
    CHECK_EQUAL(length, base64_decode((const uint8_t *)known[at].base64, strlen(known[at].base64), bytes));
    CHECK_BYTES(expected, bytes, length);
  }
}

/* RFC 4648 10. */
static void encoded(void) {
  static const char *const known[] = {"", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
  char out[16];
  check_case("base64 of the start of foobar");
  for (size_t length = 0; length <= 6u; length++) {
    const size_t written = base64_encode((const uint8_t *)"foobar", length, out);
    CHECK_EQUAL(strlen(known[length]), written);
    out[written] = '\0';
    CHECK_TEXT(known[length], out);
  }
  check_case("lines of 64 characters");
  char pem[256];
  uint8_t der[49];
  memset(der, 0, sizeof der);
  static const char *const expected =
      "-----BEGIN A B-----\n"
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n"
      "AA==\n-----END A B-----\n";
  CHECK_EQUAL(strlen(expected), pem_encode("A B", der, sizeof der, pem, sizeof pem));
  CHECK_TEXT(expected, pem);
  CHECK_EQUAL(0, pem_encode("A B", der, sizeof der, pem, strlen(expected)));
  CHECK(pem_encode("A B", der, sizeof der, pem, strlen(expected) + 1u) > 0u);
}

/* How many bytes of the text are taken until it is over; 0: it is not. */
static size_t taken(const char *pem) {
  struct pem_reception reception;
  pem_reception_begin(&reception);
  for (size_t at = 0; pem[at] != '\0'; at++) {
    if (pem_reception_take(&reception, (uint8_t)pem[at]) == PEM_OVER) return at + 1u;
  }
  return 0;
}

static void receptions(void) {
  check_case("a text is over with the last hyphen of its footer");
  CHECK_EQUAL(56, taken(BEGIN "QUJD" END "\n"));
  CHECK_EQUAL(15, taken("-----END A-----"));
  CHECK_EQUAL(18, taken("--------END A-----"));
  CHECK_EQUAL(33, taken("-----END A----x-----END B2 C-----"));
  check_case("what is no footer");
  CHECK_EQUAL(0, taken("-----BEGIN A-----"));
  CHECK_EQUAL(0, taken("-----END A----"));
  CHECK_EQUAL(0, taken("----END A-----"));
  CHECK_EQUAL(0, taken("-----END -----"));
  CHECK_EQUAL(0, taken("-----END a-----"));
  CHECK_EQUAL(0, taken("-----ENDA-----"));
  CHECK_EQUAL(0, taken("-----END A---B--"));
  CHECK_EQUAL(0, taken("-----END A----B-----"));
  check_case("a label of 50 bytes is the longest");
  CHECK_EQUAL(64, taken("-----END 01234567890123456789012345678901234567890123456789-----"));
  CHECK_EQUAL(0, taken("-----END 012345678901234567890123456789012345678901234567890-----"));
  CHECK_EQUAL(0, taken("-----END 01234567890123456789012345678901234567890123456789012-----"));

  check_case("4096 bytes without an end are too many");
  struct pem_reception reception;
  pem_reception_begin(&reception);
  for (unsigned at = 1; at < PEM_LIMIT; at++) {
    if (pem_reception_take(&reception, (uint8_t)'A') != PEM_MORE) CHECK(at == 0u);
  }
  CHECK_EQUAL(PEM_TOO_LONG, pem_reception_take(&reception, (uint8_t)'A'));
}

int main(void) {
  bodies();
  lenient();
  encoded();
  receptions();
  return check_end("pem");
}
