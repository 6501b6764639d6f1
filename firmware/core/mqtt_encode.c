#include <string.h>

#include "mqtt_packet.h"

/* Flags of the fixed header (table 2.2), and of CONNECT (3.1.2.3). */
enum { FLAGS_OF_REQUEST = 0x02, CLEAN_SESSION = 0x02, USER_NAME = 0x80, PROTOCOL_LEVEL_3_1_1 = 0x04 };

/* Bytes go in one behind the other; whoever begins makes sure that all fit. */
struct writer {
  uint8_t *bytes;
  size_t length;
};

static void put(struct writer *writer, size_t byte) { writer->bytes[writer->length++] = (uint8_t)byte; }

static void put_u16(struct writer *writer, size_t value) {
  put(writer, value >> 8);
  put(writer, value & 0xffu);
}

static void put_bytes(struct writer *writer, const char *text, size_t length) {
  memcpy(writer->bytes + writer->length, text, length);
  writer->length += length;
}

/* 1.5.3: two bytes of length before it. */
static void put_text(struct writer *writer, const char *text) {
  const size_t length = strlen(text);
  put_u16(writer, length);
  put_bytes(writer, text, length);
}

/* The fixed header; false when the packet does not fit. */
static bool begin(struct writer *writer, uint8_t *packet, size_t size, size_t first_byte, size_t remaining) {
  writer->bytes = packet;
  writer->length = 0;
  if (remaining > size || mqtt_length_with_header((uint32_t)remaining) > size) return false;
  put(writer, first_byte);
  size_t rest = remaining;
  for (; rest >= 0x80u; rest >>= 7) put(writer, (rest & 0x7fu) | 0x80u);
  put(writer, rest);
  return true;
}

static size_t first_byte(enum mqtt_type type, size_t flags) { return ((size_t)type << 4) | flags; }

size_t mqtt_encode_connect(uint8_t *packet, size_t size, const char *client_id, const char *user_name,
                           bool clean_session, uint16_t keep_alive_seconds) {
  struct writer writer;
  const size_t name = user_name == NULL ? 0u : 2u + strlen(user_name);
  if (!begin(&writer, packet, size, first_byte(MQTT_CONNECT, 0u), 10u + 2u + strlen(client_id) + name)) return 0;
  put_text(&writer, "MQTT");
  put(&writer, PROTOCOL_LEVEL_3_1_1);
  put(&writer, (clean_session ? (size_t)CLEAN_SESSION : 0u) | (user_name == NULL ? 0u : (size_t)USER_NAME));
  put_u16(&writer, keep_alive_seconds);
  put_text(&writer, client_id);
  if (user_name != NULL) put_text(&writer, user_name);
  return writer.length;
}

size_t mqtt_encode_publish(uint8_t *packet, size_t size, const char *topic, const char *payload, uint8_t qos,
                           uint16_t id) {
  struct writer writer;
  const size_t length = strlen(payload);
  const size_t remaining = 2u + strlen(topic) + (qos > 0u ? 2u : 0u) + length;
  if (!begin(&writer, packet, size, first_byte(MQTT_PUBLISH, (size_t)qos << 1), remaining)) return 0;
  put_text(&writer, topic);
  if (qos > 0u) put_u16(&writer, id);
  put_bytes(&writer, payload, length);
  return writer.length;
}

size_t mqtt_encode_subscribe(uint8_t *packet, size_t size, const char *topic, uint8_t qos, uint16_t id) {
  struct writer writer;
  const size_t remaining = 2u + 2u + strlen(topic) + 1u;
  if (!begin(&writer, packet, size, first_byte(MQTT_SUBSCRIBE, FLAGS_OF_REQUEST), remaining)) return 0;
  put_u16(&writer, id);
  put_text(&writer, topic);
  put(&writer, qos);
  return writer.length;
}

size_t mqtt_encode_unsubscribe(uint8_t *packet, size_t size, const char *topic, uint16_t id) {
  struct writer writer;
  const size_t remaining = 2u + 2u + strlen(topic);
  if (!begin(&writer, packet, size, first_byte(MQTT_UNSUBSCRIBE, FLAGS_OF_REQUEST), remaining)) return 0;
  put_u16(&writer, id);
  put_text(&writer, topic);
  return writer.length;
}

void mqtt_encode_acknowledgement(uint8_t packet[4], enum mqtt_type type, uint16_t id) {
  struct writer writer = {packet, 0};
  put(&writer, first_byte(type, type == MQTT_PUBREL ? FLAGS_OF_REQUEST : 0u));
  put(&writer, 2u);
  put_u16(&writer, id);
}
