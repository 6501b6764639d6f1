#include "sdk_framer.h"

#include <string.h>

/* Of the type, and of four bytes of remaining length (MQTT 3.1.1, 2.2.3). */
#define HEADER_LIMIT 5u

void sdk_framer_reset(struct sdk_framer *framer) {
  framer->received = 0u;
  framer->header = 0u;
  framer->length = 0u;
}

size_t sdk_framer_kept(const struct sdk_framer *framer) {
  return framer->length < SDK_PACKET_KEPT ? framer->length : SDK_PACKET_KEPT;
}

static void end_header(struct sdk_framer *framer) {
  size_t remaining = 0u;
  for (size_t at = framer->received - 1u; at > 0u; at--) {
    remaining = remaining << 7 | (framer->packet[at] & 0x7fu);
  }
  framer->header = framer->received;
  framer->length = framer->header + remaining;
}

static enum sdk_framing take_header_byte(struct sdk_framer *framer, uint8_t byte) {
  framer->packet[framer->received++] = byte;
  if (framer->received == 1u) return SDK_NEEDS_MORE;
  if (byte < 0x80u) {
    end_header(framer);
    return framer->length > SDK_PACKET_LIMIT ? SDK_MALFORMED : SDK_NEEDS_MORE;
  }
  return framer->received == HEADER_LIMIT ? SDK_MALFORMED : SDK_NEEDS_MORE;
}

/* Returns how many of the bytes belong to the packet. */
static size_t take_rest(struct sdk_framer *framer, const uint8_t *bytes, size_t length) {
  const size_t missing = framer->length - framer->received;
  const size_t count = length < missing ? length : missing;
  if (framer->received < SDK_PACKET_KEPT) {
    const size_t room = SDK_PACKET_KEPT - framer->received;
    memcpy(&framer->packet[framer->received], bytes, count < room ? count : room);
  }
  framer->received += count;
  return count;
}

enum sdk_framing sdk_framer_push(struct sdk_framer *framer, const uint8_t *bytes, size_t length, size_t *taken) {
  size_t at = 0u;
  enum sdk_framing framing = SDK_NEEDS_MORE;
  if (framer->header > 0u && framer->received == framer->length) sdk_framer_reset(framer);
  while (framer->header == 0u && framing == SDK_NEEDS_MORE && at < length) {
    framing = take_header_byte(framer, bytes[at]);
    at++;
  }
  if (framer->header > 0u && framing == SDK_NEEDS_MORE) {
    at += take_rest(framer, &bytes[at], length - at);
    if (framer->received == framer->length) framing = SDK_PACKET;
  }
  *taken = at;
  return framing;
}
