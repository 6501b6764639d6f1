#include <string.h>

#include "../core/sdk_framer.h"
#include "../core/sdk_keep_alive.h"
#include "../core/sdk_packet.h"
#include "../core/sdk_parse.h"
#include "azure_bytes.h"
#include "check.h"

#define ID "0123ffac64afdf56ee"

static uint8_t packet[1024];

static void expect(const char *written, size_t length) {
  uint8_t expected[1024];
  const size_t expected_length = bytes_of(written, expected);
  check_case(written);
  CHECK_EQUAL(expected_length, length);
  if (expected_length == length) CHECK_BYTES(expected, packet, length);
}

static void packets(void) {
  /* Remaining length 10 + 20 + 98 = 128 bytes, in two bytes (2.2.3). */
  const struct sdk_login dps = {
      ID, "0ne00000000/registrations/" ID "/api-version=2018-09-01-preview&ClientVersion=1.2.14", true, 0};
  expect("10 8001 0004 'MQTT' 04 82 0000 0012 '" ID "' 0060 "
         "'0ne00000000/registrations/" ID "/api-version=2018-09-01-preview&ClientVersion=1.2.14'",
         sdk_connect_packet(packet, sizeof packet, &dps));
  const struct sdk_login hub = {"a", "b", false, 240};
  expect("10 10 0004 'MQTT' 04 80 00f0 0001 'a' 0001 'b'", sdk_connect_packet(packet, sizeof packet, &hub));
  expect("82 1d 0001 0018 '$dps/registrations/res/#' 01",
         sdk_subscribe_packet(packet, sizeof packet, 1, "$dps/registrations/res/#", 1));
  expect("30 30 002e '$dps/registrations/PUT/iotdps-register/?$rid=1'",
         sdk_publish_packet(packet, sizeof packet, "$dps/registrations/PUT/iotdps-register/?$rid=1", "", 0, 77));
  expect("32 0a 0001 't' 0304 'hello'", sdk_publish_packet(packet, sizeof packet, "t", "hello", 1, 0x0304));
  sdk_acknowledgement_packet(packet, 0x40, 0x1234);
  expect("40 02 1234", 4);
  check_case("a packet that fits, and one that does not");
  CHECK_EQUAL(12, sdk_publish_packet(packet, 12, "t", "hello", 1, 1));
  CHECK_EQUAL(0, sdk_publish_packet(packet, 11, "t", "hello", 1, 1));
  CHECK_EQUAL(0, sdk_publish_packet(packet, 0, "t", "hello", 1, 1));
}

static void ids(void) {
  struct sdk_packet_ids counter = {0};
  check_case("packet identifiers: the largest is left out");
  CHECK_EQUAL(1, sdk_next_packet_id(&counter));
  CHECK_EQUAL(2, sdk_next_packet_id(&counter));
  counter.last = 65533;
  CHECK_EQUAL(65534, sdk_next_packet_id(&counter));
  CHECK_EQUAL(1, sdk_next_packet_id(&counter));
}

static struct sdk_framer framer;
static uint8_t stream[SDK_PACKET_LIMIT + 16];

/* Pushes the stream in pieces; returns how many packets come of it, or -1 when it is malformed. */
static int packets_of(size_t length, size_t piece) {
  int count = 0;
  sdk_framer_reset(&framer);
  for (size_t at = 0; at < length;) {
    const size_t rest = length - at < piece ? length - at : piece;
    size_t taken = 0;
    const enum sdk_framing framing = sdk_framer_push(&framer, &stream[at], rest, &taken);
    if (framing == SDK_MALFORMED) return -1;
    if (framing == SDK_PACKET) count++;
    CHECK(taken > 0 && taken <= rest);
    if (framing == SDK_NEEDS_MORE) CHECK_EQUAL(rest, taken);
    at += taken;
  }
  return count;
}

static void expect_count(const char *written, int expected) {
  const size_t length = bytes_of(written, stream);
  check_case(written);
  for (size_t piece = 1; piece <= length; piece++) CHECK_EQUAL(expected, packets_of(length, piece));
}

static void framing(void) {
  expect_count("20020000", 1);
  expect_count("200200", 0);
  expect_count("20", 0);
  expect_count("d000 20020000 9003000101 30050001 't' 0102", 4);
  expect_count("30 8300 0001 't'", 1);
  expect_count("30 838000 0001 't'", 1);
  expect_count("30 83808000 0001 't'", 1);
  /* Five bytes of remaining length, and more than 128 KiB. */
  expect_count("30 8380808000 0001 't'", -1);
  expect_count("30 ffffff7f", -1);
  expect_count("30 fcff07", 0);
  expect_count("30 fdff07", -1);

  check_case("of a long packet the beginning is kept");
  memset(stream, 'x', sizeof stream);
  (void)bytes_of("32 fcff07 0001 't' 0007", stream);
  for (size_t piece = 1000; piece < 100000; piece *= 9) {
    CHECK_EQUAL(1, packets_of(SDK_PACKET_LIMIT, piece));
    CHECK_EQUAL(SDK_PACKET_KEPT, sdk_framer_kept(&framer));
    const struct sdk_packet parsed = sdk_parse(&framer);
    CHECK_EQUAL(SDK_KIND_EVENT, parsed.kind);
    CHECK_EQUAL(7, parsed.event.id);
    CHECK_EQUAL(1, parsed.event.topic_length);
    CHECK_EQUAL(SDK_PACKET_KEPT - 9, parsed.event.payload_length);
  }
}

static struct sdk_packet parsed_of(const char *written) {
  const size_t length = bytes_of(written, stream);
  size_t taken;
  check_case(written);
  sdk_framer_reset(&framer);
  CHECK_EQUAL(SDK_PACKET, sdk_framer_push(&framer, stream, length, &taken));
  CHECK_EQUAL(length, taken);
  return sdk_parse(&framer);
}

static void kinds(void) {
  static const struct {
    const char *written;
    enum sdk_packet_kind kind;
  } CASES[] = {
      {"20020000", SDK_KIND_CONNACK},   {"20020100", SDK_KIND_CONNACK}, {"2f020000", SDK_KIND_CONNACK},
      {"200100", SDK_KIND_MALFORMED},   {"2000", SDK_KIND_MALFORMED},   {"2003000000", SDK_KIND_CONNACK},
      {"9003000101", SDK_KIND_EVENT},   {"90020001", SDK_KIND_EVENT},   {"9003000180", SDK_KIND_EVENT},
      {"9003000103", SDK_KIND_MALFORMED}, {"9003000181", SDK_KIND_MALFORMED}, {"9000", SDK_KIND_MALFORMED},
      {"900100", SDK_KIND_MALFORMED},   {"9203000101", SDK_KIND_MALFORMED}, {"900400010180", SDK_KIND_EVENT},
      {"40020001", SDK_KIND_EVENT},     {"4003000100", SDK_KIND_EVENT}, {"400100", SDK_KIND_MALFORMED},
      {"4000", SDK_KIND_MALFORMED},     {"42020001", SDK_KIND_MALFORMED},
      {"50020001", SDK_KIND_IGNORED},   {"52020001", SDK_KIND_MALFORMED}, {"5000", SDK_KIND_MALFORMED},
      {"62020001", SDK_KIND_IGNORED},   {"60020001", SDK_KIND_MALFORMED}, {"6200", SDK_KIND_MALFORMED},
      {"d000", SDK_KIND_PINGRESP},      {"df00", SDK_KIND_PINGRESP},    {"7000", SDK_KIND_IGNORED},
      {"b000", SDK_KIND_IGNORED},       {"1000", SDK_KIND_IGNORED},     {"0000", SDK_KIND_IGNORED},
      {"e000", SDK_KIND_IGNORED},       {"f000", SDK_KIND_IGNORED},     {"8000", SDK_KIND_IGNORED},
      {"3003 0001 't'", SDK_KIND_EVENT}, {"3d06 0001 't' 0001 'x'", SDK_KIND_EVENT},
      {"3000", SDK_KIND_MALFORMED},     {"300100", SDK_KIND_MALFORMED}, {"30020001", SDK_KIND_MALFORMED},
      {"30020000", SDK_KIND_EVENT},     {"3203 0001 't'", SDK_KIND_MALFORMED}, {"3204 0001 't' 00", SDK_KIND_MALFORMED},
      {"3205 0001 't' 0000", SDK_KIND_EVENT}, {"3605 0001 't' 0001", SDK_KIND_MALFORMED},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    CHECK_EQUAL(CASES[i].kind, parsed_of(CASES[i].written).kind);
  }
}

static void fields(void) {
  CHECK_EQUAL(5, parsed_of("20020005").event.code);
  CHECK(parsed_of("900400010180").event.refused);
  CHECK(parsed_of("900400018001").event.refused);
  CHECK(!parsed_of("900400010102").event.refused);
  CHECK_EQUAL(0x0102, parsed_of("90030102 00").event.id);
  CHECK_EQUAL(0x0102, parsed_of("4002 0102").event.id);
  const struct sdk_packet message = parsed_of("3208 0001 't' 0102 'abc'");
  CHECK_EQUAL(0x0102, message.event.id);
  CHECK_EQUAL(1, message.event.topic_length);
  CHECK_EQUAL('t', message.event.topic[0]);
  CHECK_EQUAL(3, message.event.payload_length);
  CHECK_BYTES((const uint8_t *)"abc", message.event.payload, 3);
  CHECK_EQUAL(0x40, message.reply);
  CHECK_EQUAL(0, parsed_of("3006 0001 't' 'abc'").reply);
  CHECK_EQUAL(0x50, parsed_of("3405 0001 't' 0102").reply);
  CHECK_EQUAL(0x62, parsed_of("50020102").reply);
  CHECK_EQUAL(0x70, parsed_of("62020102").reply);
  CHECK_EQUAL(0x0102, parsed_of("62020102").event.id);
}

static void keep_alive(void) {
  struct sdk_keep_alive beat;
  check_case("without keep-alive nothing is ever due");
  sdk_keep_alive_reset(&beat, 0);
  sdk_keep_alive_begin(&beat);
  CHECK_EQUAL(SDK_PING_NOT_DUE, sdk_keep_alive_due(&beat, 1000000));
  CHECK_EQUAL(500, sdk_keep_alive_limit(&beat, 1000000, 500));
  check_case("240 s after what was sent last; 81 s for the answer");
  sdk_keep_alive_reset(&beat, 240);
  sdk_keep_alive_sent(&beat, 1000);
  CHECK_EQUAL(SDK_PING_NOT_DUE, sdk_keep_alive_due(&beat, 1000000));
  sdk_keep_alive_begin(&beat);
  CHECK_EQUAL(SDK_PING_NOT_DUE, sdk_keep_alive_due(&beat, 240999));
  CHECK_EQUAL(1, sdk_keep_alive_limit(&beat, 240999, 500));
  CHECK_EQUAL(0, sdk_keep_alive_limit(&beat, 241001, 500));
  CHECK_EQUAL(SDK_PING_DUE, sdk_keep_alive_due(&beat, 241000));
  sdk_keep_alive_sent(&beat, 241000);
  CHECK_EQUAL(SDK_PING_NOT_DUE, sdk_keep_alive_due(&beat, 321999));
  CHECK_EQUAL(1, sdk_keep_alive_limit(&beat, 321999, 500));
  CHECK_EQUAL(SDK_PING_UNANSWERED, sdk_keep_alive_due(&beat, 322000));
  sdk_keep_alive_answered(&beat);
  CHECK_EQUAL(SDK_PING_NOT_DUE, sdk_keep_alive_due(&beat, 322000));
  CHECK_EQUAL(SDK_PING_DUE, sdk_keep_alive_due(&beat, 481000));
  check_case("half of a short keep-alive");
  sdk_keep_alive_reset(&beat, 10);
  sdk_keep_alive_sent(&beat, 0);
  sdk_keep_alive_begin(&beat);
  CHECK_EQUAL(SDK_PING_DUE, sdk_keep_alive_due(&beat, 10000));
  sdk_keep_alive_sent(&beat, 10000);
  CHECK_EQUAL(SDK_PING_NOT_DUE, sdk_keep_alive_due(&beat, 15999));
  CHECK_EQUAL(SDK_PING_UNANSWERED, sdk_keep_alive_due(&beat, 16000));
}

int main(void) {
  packets();
  ids();
  framing();
  kinds();
  fields();
  keep_alive();
  return check_end("azure_packets");
}
