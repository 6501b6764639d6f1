#include "sdk_packet.h"

#include <string.h>

/* The first byte: type in bits 7:4, flags (MQTT 3.1.1, 2.2). */
#define CONNECT 0x10u
#define PUBLISH 0x30u
#define SUBSCRIBE 0x82u

/* Connect flags (3.1.2.3). */
#define USER_NAME 0x80u
#define CLEAN_SESSION 0x02u

/* Protocol name and level (3.1.2.1, 3.1.2.2). */
static const uint8_t MQTT_3_1_1[] = {0x00, 0x04, 'M', 'Q', 'T', 'T', 0x04};

/* The SDK's transports leave the largest number out (get_next_packet_id). */
#define LAST_PACKET_ID 65534u

uint16_t sdk_next_packet_id(struct sdk_packet_ids *ids) {
  ids->last = ids->last >= LAST_PACKET_ID ? 1u : (uint16_t)(ids->last + 1u);
  return ids->last;
}

struct writer {
  uint8_t *packet;
  size_t size, at;
  bool fits;
};

static void put(struct writer *writer, const void *bytes, size_t length) {
  if (!writer->fits || length > writer->size - writer->at) {
    writer->fits = false;
    return;
  }
  memcpy(&writer->packet[writer->at], bytes, length);
  writer->at += length;
}

static void put_byte(struct writer *writer, size_t value) {
  const uint8_t byte = (uint8_t)(value & 0xffu);
  put(writer, &byte, 1u);
}

static void put_number(struct writer *writer, size_t value) {
  put_byte(writer, value >> 8);
  put_byte(writer, value);
}

/* Two bytes of length in front (1.5.3). */
static void put_text(struct writer *writer, const char *text) {
  const size_t length = strlen(text);
  if (length > UINT16_MAX) writer->fits = false;
  put_number(writer, length);
  put(writer, text, length);
}

/* The fixed header: `remaining` in seven bits a byte, bit 7 set in all but the last (2.2.3). */
static struct writer begin(uint8_t *packet, size_t size, uint8_t first, size_t remaining) {
  struct writer writer = {packet, size, 0u, true};
  put_byte(&writer, first);
  for (; remaining >= 0x80u; remaining >>= 7) put_byte(&writer, 0x80u | (remaining & 0x7fu));
  put_byte(&writer, remaining);
  return writer;
}

static size_t end(const struct writer *writer) { return writer->fits ? writer->at : 0u; }

size_t sdk_connect_packet(uint8_t *packet, size_t size, const struct sdk_login *login) {
  const size_t remaining = sizeof MQTT_3_1_1 + 3u + 2u + strlen(login->client_id) + 2u + strlen(login->user_name);
  struct writer writer = begin(packet, size, CONNECT, remaining);
  put(&writer, MQTT_3_1_1, sizeof MQTT_3_1_1);
  put_byte(&writer, login->clean_session ? USER_NAME | CLEAN_SESSION : USER_NAME);
  put_number(&writer, login->keep_alive_seconds);
  put_text(&writer, login->client_id);
  put_text(&writer, login->user_name);
  return end(&writer);
}

size_t sdk_subscribe_packet(uint8_t *packet, size_t size, uint16_t id, const char *filter, uint8_t qos) {
  struct writer writer = begin(packet, size, SUBSCRIBE, 2u + 2u + strlen(filter) + 1u);
  put_number(&writer, id);
  put_text(&writer, filter);
  put_byte(&writer, qos);
  return end(&writer);
}

size_t sdk_publish_packet(uint8_t *packet, size_t size, const char *topic, const char *payload, uint8_t qos,
                          uint16_t id) {
  const size_t id_length = qos > 0u ? 2u : 0u;
  const uint8_t first = (uint8_t)(PUBLISH | (unsigned)qos << 1);
  struct writer writer = begin(packet, size, first, 2u + strlen(topic) + id_length + strlen(payload));
  put_text(&writer, topic);
  if (qos > 0u) put_number(&writer, id);
  put(&writer, payload, strlen(payload));
  return end(&writer);
}

void sdk_acknowledgement_packet(uint8_t packet[SDK_ACKNOWLEDGEMENT_LENGTH], uint8_t first, uint16_t id) {
  packet[0] = first;
  packet[1] = 2u;
  packet[2] = (uint8_t)(id >> 8);
  packet[3] = (uint8_t)(id & 0xffu);
}
