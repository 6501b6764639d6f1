#include "mqtt_packet.h"

/* The type, and at most four bytes of remaining length (2.2.3). */
#define HEADER_LIMIT 5u

static uint16_t u16(const uint8_t *bytes) { return (uint16_t)((bytes[0] << 8) | bytes[1]); }

uint8_t mqtt_type_of(const uint8_t *packet) { return packet[0] >> 4; }

size_t mqtt_header_length(const uint8_t *packet, size_t length) {
  for (size_t i = 1; i < HEADER_LIMIT && i < length; i++) {
    if (packet[i] < 0x80u) return i + 1u;
  }
  return 0;
}

uint32_t mqtt_packet_length(const uint8_t *packet, size_t length) {
  const size_t header = mqtt_header_length(packet, length);
  if (header == 0u) return 0;
  uint32_t remaining = 0;
  for (size_t i = header - 1u; i > 0u; i--) remaining = (remaining << 7) | (packet[i] & 0x7fu);
  return (uint32_t)header + remaining;
}

uint32_t mqtt_length_with_header(uint32_t remaining) {
  uint32_t header = 2;
  for (uint32_t rest = remaining; rest >= 0x80u; rest >>= 7) header++;
  return header + remaining;
}

bool mqtt_decode_publish_header(const uint8_t *packet, size_t length, struct mqtt_publish_header *header) {
  const size_t start = mqtt_header_length(packet, length);
  if (start == 0u || length < start + 2u) return false;
  header->topic = packet + start + 2u;
  header->topic_length = u16(packet + start);
  header->qos = (packet[0] >> 1) & 3u;
  const size_t topic_end = start + 2u + header->topic_length;
  header->payload_offset = topic_end + (header->qos > 0u ? 2u : 0u);
  if (length < header->payload_offset) return false;
  header->id = header->qos > 0u ? u16(packet + topic_end) : 0u;
  return true;
}

bool mqtt_decode_publish(const uint8_t *packet, size_t length, struct mqtt_publish_header *header) {
  /* [MQTT-3.3.1-4] */
  return mqtt_decode_publish_header(packet, length, header) && header->qos < 3u;
}

bool mqtt_has_right_flags(const uint8_t *packet) {
  const uint8_t type = mqtt_type_of(packet);
  const uint8_t flags = packet[0] & 0x0fu;
  if (type == MQTT_PUBLISH) return true;
  return flags == (type == MQTT_PUBREL || type == MQTT_SUBSCRIBE || type == MQTT_UNSUBSCRIBE ? 2u : 0u);
}

/* [MQTT-3.9.3-2] */
static bool is_return_code(uint8_t code) { return code <= 2u || code == 0x80u; }

bool mqtt_decode_acknowledgement(const uint8_t *packet, size_t length, uint16_t *id) {
  const size_t start = mqtt_header_length(packet, length);
  if (start == 0u || length < start + 2u || !mqtt_has_right_flags(packet)) return false;
  const uint8_t type = mqtt_type_of(packet);
  /* 3.11: a packet id, and nothing else. Of the others what follows is let pass, as in the twin. */
  if (type == MQTT_UNSUBACK && length != start + 2u) return false;
  if (type == MQTT_SUBACK) {
    for (size_t i = start + 2u; i < length; i++) {
      if (!is_return_code(packet[i])) return false;
    }
  }
  *id = u16(packet + start);
  return true;
}
