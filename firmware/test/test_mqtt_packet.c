/* Packets byte by byte, from MQTT 3.1.1 by hand. */
#include <stdio.h>
#include <string.h>

#include "../core/mqtt_packet.h"
#include "../core/profile.h"
#include "check.h"

#define BYTES(...) ((const uint8_t[]){__VA_ARGS__})
#define SAME(length, ...) \
  do { \
    const uint8_t expected[] = {__VA_ARGS__}; \
    CHECK_EQUAL(sizeof expected, (length)); \
    CHECK_BYTES(expected, packet, sizeof expected); \
  } while (0)

static uint8_t packet[1024];

static void encodes(void) {
  check_case("CONNECT: MQTT level 4, clean session alone, keep-alive 120 s, no user");
  SAME(mqtt_encode_connect(packet, sizeof packet, "ESP32_b4E6A1", NULL, true, 120),
       0x10, 0x18, 0x00, 0x04, 'M', 'Q', 'T', 'T', 0x04, 0x02, 0x00, 0x78, 0x00, 0x0c, 'E', 'S', 'P',
       '3', '2', '_', 'b', '4', 'E', '6', 'A', '1');

  check_case("CONNECT with a user name: flag 7, and the name behind the client id (3.1.3)");
  SAME(mqtt_encode_connect(packet, sizeof packet, "d", "hub/d", false, 0x1234), 0x10, 0x14, 0x00, 0x04, 'M', 'Q', 'T',
       'T', 0x04, 0x80, 0x12, 0x34, 0x00, 0x01, 'd', 0x00, 0x05, 'h', 'u', 'b', '/', 'd');

  check_case("SUBSCRIBE and UNSUBSCRIBE have flags 2 (3.8.1, 3.10.1)");
  SAME(mqtt_encode_subscribe(packet, sizeof packet, "/topic/qos1", 1, 0xfffe), 0x82, 0x10, 0xff, 0xfe, 0x00, 0x0b, '/',
       't', 'o', 'p', 'i', 'c', '/', 'q', 'o', 's', '1', 0x01);
  SAME(mqtt_encode_unsubscribe(packet, sizeof packet, "/topic/qos1", 1), 0xa2, 0x0f, 0x00, 0x01, 0x00, 0x0b, '/', 't',
       'o', 'p', 'i', 'c', '/', 'q', 'o', 's', '1');

  check_case("PUBLISH carries its id with QoS 1 and 2 alone (3.3.2.2)");
  SAME(mqtt_encode_publish(packet, sizeof packet, "t", "x", 0, 0x0102), 0x30, 0x04, 0x00, 0x01, 't', 'x');
  SAME(mqtt_encode_publish(packet, sizeof packet, "t", "x", 1, 0x0102), 0x32, 0x06, 0x00, 0x01, 't', 0x01, 0x02, 'x');
  SAME(mqtt_encode_publish(packet, sizeof packet, "t", "x", 2, 0x0304), 0x34, 0x06, 0x00, 0x01, 't', 0x03, 0x04, 'x');

  check_case("acknowledgements; PUBREL has flags 2 (3.6.1)");
  mqtt_encode_acknowledgement(packet, MQTT_PUBACK, 0xabcd);
  SAME(4, 0x40, 0x02, 0xab, 0xcd);
  mqtt_encode_acknowledgement(packet, MQTT_PUBREC, 0xabcd);
  SAME(4, 0x50, 0x02, 0xab, 0xcd);
  mqtt_encode_acknowledgement(packet, MQTT_PUBREL, 0xabcd);
  SAME(4, 0x62, 0x02, 0xab, 0xcd);
  mqtt_encode_acknowledgement(packet, MQTT_PUBCOMP, 0xabcd);
  SAME(4, 0x70, 0x02, 0xab, 0xcd);
}

static void telemetry(void) {
  /* The log of the original firmware: 82 bytes in a packet of 97. */
  static const char SAMPLE[] =
    "{\"Temparature\": \"26.485141\" , \"Pressure\": \"1004.483107\" , \"Humidity\": \"53.987691\"}";
  char payload[128];
  check_case("the sample is 82 bytes in a PUBLISH of 97");
  CHECK_EQUAL(82, snprintf(payload, sizeof payload, PROFILE.telemetry.payload, 26.485141, 1004.483107, 53.987691));
  CHECK_TEXT(SAMPLE, payload);
  CHECK_EQUAL(97, mqtt_encode_publish(packet, sizeof packet, "/topic/qos0", payload, 0, 0));
  CHECK_BYTES(BYTES(0x30, 0x5f, 0x00, 0x0b, '/', 't', 'o', 'p', 'i', 'c', '/', 'q', 'o', 's', '0', '{'), packet, 16);
  CHECK_EQUAL(0, memcmp(packet + 15, SAMPLE, 82));
  CHECK_EQUAL(19, mqtt_encode_publish(packet, sizeof packet, "/topic/qos0", "data", 0, 0));
}

static void sizes(void) {
  char payload[1100];
  memset(payload, 'x', sizeof payload);
  check_case("a packet that does not fit is not written");
  payload[124] = '\0'; /* 127 bytes: the last length of one byte (table 2.4) */
  CHECK_EQUAL(129, mqtt_encode_publish(packet, 129, "t", payload, 0, 0));
  CHECK_BYTES(BYTES(0x30, 0x7f), packet, 2);
  CHECK_EQUAL(0, mqtt_encode_publish(packet, 128, "t", payload, 0, 0));
  payload[124] = 'x';
  payload[125] = '\0';
  CHECK_EQUAL(131, mqtt_encode_publish(packet, 131, "t", payload, 0, 0));
  CHECK_BYTES(BYTES(0x30, 0x80, 0x01), packet, 3);
  CHECK_EQUAL(0, mqtt_encode_publish(packet, 130, "t", payload, 0, 0));
  payload[125] = 'x';
  payload[sizeof payload - 1] = '\0';
  CHECK_EQUAL(0, mqtt_encode_publish(packet, sizeof packet, "t", payload, 0, 0));
  CHECK_EQUAL(0, mqtt_encode_subscribe(packet, sizeof packet, payload, 0, 1));
  CHECK_EQUAL(0, mqtt_encode_unsubscribe(packet, sizeof packet, payload, 1));
  CHECK_EQUAL(0, mqtt_encode_connect(packet, sizeof packet, payload, NULL, true, 1));
  CHECK_EQUAL(0, mqtt_encode_connect(packet, sizeof packet, "id", payload, true, 1));
}

static void lengths(void) {
  check_case("the first and last remaining length of each number of bytes (table 2.4)");
  CHECK_EQUAL(2 + 127, mqtt_length_with_header(127));
  CHECK_EQUAL(3 + 128, mqtt_length_with_header(128));
  CHECK_EQUAL(3 + 16383, mqtt_length_with_header(16383));
  CHECK_EQUAL(4 + 16384, mqtt_length_with_header(16384));
  CHECK_EQUAL(4 + 2097151, mqtt_length_with_header(2097151));
  CHECK_EQUAL(5 + 2097152, mqtt_length_with_header(2097152));
  CHECK_EQUAL(2 + 127, mqtt_packet_length(BYTES(0x30, 0x7f), 2));
  CHECK_EQUAL(3 + 128, mqtt_packet_length(BYTES(0x30, 0x80, 0x01), 3));
  CHECK_EQUAL(3 + 16383, mqtt_packet_length(BYTES(0x30, 0xff, 0x7f), 3));
  CHECK_EQUAL(4 + 2097151, mqtt_packet_length(BYTES(0x30, 0xff, 0xff, 0x7f), 4));
  CHECK_EQUAL(5 + 268435455, mqtt_packet_length(BYTES(0x30, 0xff, 0xff, 0xff, 0x7f), 5));

  check_case("a remaining length that does not end, or not within four bytes, is none");
  CHECK_EQUAL(0, mqtt_packet_length(BYTES(0x30), 1));
  CHECK_EQUAL(0, mqtt_packet_length(BYTES(0x30, 0x80), 2));
  CHECK_EQUAL(0, mqtt_packet_length(BYTES(0x30, 0xff, 0xff, 0xff), 4));
  CHECK_EQUAL(0, mqtt_packet_length(BYTES(0x30, 0xff, 0xff, 0xff, 0xff, 0x7f), 6));
  CHECK_EQUAL(0, mqtt_header_length(BYTES(0x30, 0xff, 0xff, 0xff, 0xff, 0x7f), 6));
}

static void publishes(void) {
  struct mqtt_publish_header header;
  const uint8_t qos1[] = {0x3b, 0x0a, 0x00, 0x04, 'a', '/', 0xce, 0xa9, 0xff, 0xfe, 'h', 'i'}; /* dup and retain */
  check_case("the header of a PUBLISH: the packet id lies between topic and payload");
  CHECK(mqtt_decode_publish(qos1, sizeof qos1, &header));
  CHECK_EQUAL(4, header.topic_length);
  CHECK(header.topic == qos1 + 4);
  CHECK_EQUAL(1, header.qos);
  CHECK_EQUAL(0xfffe, header.id);
  CHECK_EQUAL(10, header.payload_offset);

  check_case("each byte less than its header is too short");
  for (size_t length = 0; length < 10; length++) CHECK(!mqtt_decode_publish_header(qos1, length, &header));
  CHECK(mqtt_decode_publish_header(qos1, 10, &header));

  check_case("QoS 0 has no packet id");
  CHECK(mqtt_decode_publish(BYTES(0x30, 0x03, 0x00, 0x01, 't'), 5, &header));
  CHECK_EQUAL(0, header.id);
  CHECK_EQUAL(5, header.payload_offset);

  check_case("QoS 3 there is none [MQTT-3.3.1-4]");
  CHECK(!mqtt_decode_publish(BYTES(0x36, 0x06, 0x00, 0x01, 't', 0x00, 0x01, 'x'), 8, &header));
  CHECK(mqtt_decode_publish(BYTES(0x34, 0x06, 0x00, 0x01, 't', 0x00, 0x01, 'x'), 8, &header));

  check_case("a topic longer than the packet");
  CHECK(!mqtt_decode_publish(BYTES(0x30, 0x04, 0xff, 0xff, 't', 't'), 6, &header));
  CHECK(!mqtt_decode_publish(BYTES(0x30, 0x04, 0x00, 0x03, 't', 't'), 6, &header));
  CHECK(mqtt_decode_publish(BYTES(0x30, 0x04, 0x00, 0x02, 't', 't'), 6, &header));

  check_case("QoS 1 without a packet id");
  CHECK(!mqtt_decode_publish(BYTES(0x32, 0x03, 0x00, 0x01, 't'), 5, &header));
  CHECK(!mqtt_decode_publish(BYTES(0x32, 0x04, 0x00, 0x01, 't', 0x00), 6, &header));
}

static void acknowledgements(void) {
  uint16_t id = 0;
  check_case("each acknowledgement has its id");
  CHECK(mqtt_decode_acknowledgement(BYTES(0x40, 0x02, 0xab, 0xcd), 4, &id) && id == 0xabcd);
  CHECK(mqtt_decode_acknowledgement(BYTES(0x62, 0x02, 0xab, 0xce), 4, &id) && id == 0xabce);
  CHECK(mqtt_decode_acknowledgement(BYTES(0x90, 0x04, 0x00, 0x01, 0x02, 0x80), 6, &id) && id == 1);
  CHECK(mqtt_decode_acknowledgement(BYTES(0xb0, 0x02, 0x00, 0x02), 4, &id) && id == 2);

  check_case("with wrong flags they are none [MQTT-2.2.2-2]");
  CHECK(!mqtt_decode_acknowledgement(BYTES(0x41, 0x02, 0xab, 0xcd), 4, &id));
  CHECK(!mqtt_decode_acknowledgement(BYTES(0x60, 0x02, 0xab, 0xcd), 4, &id));
  CHECK(!mqtt_decode_acknowledgement(BYTES(0x72, 0x02, 0xab, 0xcd), 4, &id));
  CHECK(!mqtt_decode_acknowledgement(BYTES(0x92, 0x03, 0x00, 0x01, 0x00), 5, &id));
  CHECK(!mqtt_decode_acknowledgement(BYTES(0xb2, 0x02, 0x00, 0x02), 4, &id));

  check_case("nor without an id");
  CHECK(!mqtt_decode_acknowledgement(BYTES(0x40, 0x00), 2, &id));
  CHECK(!mqtt_decode_acknowledgement(BYTES(0x40, 0x01, 0xab), 3, &id));
  CHECK(!mqtt_decode_acknowledgement(BYTES(0x90, 0x01, 0x00), 3, &id));

  check_case("a SUBACK with an impossible code, an UNSUBACK with something behind its id");
  CHECK(!mqtt_decode_acknowledgement(BYTES(0x90, 0x03, 0x00, 0x01, 0x03), 5, &id));
  CHECK(!mqtt_decode_acknowledgement(BYTES(0x90, 0x04, 0x00, 0x01, 0x00, 0x7f), 6, &id));
  CHECK(!mqtt_decode_acknowledgement(BYTES(0xb0, 0x03, 0x00, 0x02, 0x00), 5, &id));
}

int main(void) {
  encodes();
  telemetry();
  sizes();
  lengths();
  publishes();
  acknowledgements();
  return check_end("mqtt_packet");
}
