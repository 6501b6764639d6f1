#include "../../core/profile.h"
#include "../../test/check.h"
#include "../record_limit.h"

static uint8_t body[8192 + 24];

/* Takes a record's header and its body in pieces of so many bytes. */
static bool take(struct record_limit *limit, uint8_t type, size_t length, size_t piece) {
  const uint8_t header[RECORD_HEADER] = {type, 3, 3, (uint8_t)(length >> 8), (uint8_t)length};
  for (size_t at = 0; at < sizeof header; at += piece) {
    const size_t left = sizeof header - at;
    if (!record_limit_take(limit, header + at, left < piece ? left : piece)) return false;
  }
  for (size_t at = 0; at < length; at += piece) {
    const size_t left = length - at;
    if (!record_limit_take(limit, body + at, left < piece ? left : piece)) return false;
  }
  return true;
}

int main(void) {
  /* RFC 5246 6.2.1 and 7.1: handshake is 22, change_cipher_spec 20, application_data 23. */
  const size_t most = PROFILE.tls.max_record_bytes;
  CHECK_EQUAL(8192, most);
  for (size_t piece = 1; piece <= 4097; piece += 2048) {
    struct record_limit limit = {.left = 0};
    struct record_limit long_one = {.left = 0};
    check_case("in clear");
    CHECK(take(&limit, 22, most, piece));
    CHECK(take(&limit, 22, 0, piece));
    CHECK(!take(&long_one, 22, most + 1, piece));

    check_case("encrypted: 24 bytes more");
    CHECK(take(&limit, 20, 1, piece));
    CHECK(take(&limit, 22, 40, piece));
    CHECK(take(&limit, 23, most + 24, piece));
    CHECK(!take(&limit, 23, most + 25, piece));
  }

  check_case("two records at once, the second one cut in its header");
  struct record_limit limit = {.left = 0};
  const uint8_t two[] = {22, 3, 3, 0, 1, 0xaa, 22, 3, 3};
  const uint8_t rest[] = {0xff, 0xff};
  CHECK(record_limit_take(&limit, two, sizeof two));
  CHECK(!record_limit_take(&limit, rest, sizeof rest));
  return check_end("record_limit");
}
