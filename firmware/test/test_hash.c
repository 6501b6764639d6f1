/* Known answers: FIPS 180-4 examples, and NIST's SHA256ShortMsg.rsp (CAVS 11.0) Len = 24. */
#include "../core/port.h"
#include "check.h"
#include "hex.h"

static const char *const two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

static void sha256(const char *what, const uint8_t *bytes, size_t length, const char *expected) {
  uint8_t digest[32];
  uint8_t known[32];
  check_case(what);
  port_sha256(bytes, length, digest);
  CHECK_EQUAL(32, hex_bytes(expected, known));
  CHECK_BYTES(known, digest, sizeof known);
}

static void sha1(const char *what, const uint8_t *bytes, size_t length, const char *expected) {
  uint8_t digest[20];
  uint8_t known[20];
  check_case(what);
  port_sha1(bytes, length, digest);
  CHECK_EQUAL(20, hex_bytes(expected, known));
  CHECK_BYTES(known, digest, sizeof known);
}

int main(void) {
  static const uint8_t short_message[3] = {0xb4, 0x19, 0x0e};
  sha256("SHA-256 of abc", (const uint8_t *)"abc", 3,
         "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  sha256("SHA-256 of two blocks", (const uint8_t *)two_blocks, 56,
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  sha256("SHA-256, CAVS Len = 24", short_message, 3,
         "dff2e73091f6c05e528896c4c831b9448653dc2ff043528f6769437bc7b975c2");
  sha1("SHA-1 of abc", (const uint8_t *)"abc", 3, "a9993e364706816aba3e25717850c26c9cd0d89d");
  sha1("SHA-1 of two blocks", (const uint8_t *)two_blocks, 56, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  return check_end("hash");
}
