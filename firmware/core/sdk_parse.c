#include "sdk_parse.h"

/* Types, bits 7:4 of the first byte (MQTT 3.1.1, table 2.1). */
enum { CONNACK = 2, PUBLISH = 3, PUBACK = 4, PUBREC = 5, PUBREL = 6, SUBACK = 9, PINGRESP = 13 };

/* First bytes of what acknowledges. */
#define SEND_PUBACK 0x40u
#define SEND_PUBREC 0x50u
#define SEND_PUBREL 0x62u
#define SEND_PUBCOMP 0x70u

#define SUBACK_FAILURE 0x80u

static const struct sdk_packet MALFORMED = {.kind = SDK_KIND_MALFORMED};

static uint16_t number_at(const uint8_t *bytes) { return (uint16_t)(bytes[0] << 8 | bytes[1]); }

/* Quirk: all that is looked at is the return code. */
static struct sdk_packet parse_connack(const uint8_t *packet, size_t length) {
  if (length < 4u) return MALFORMED;
  return (struct sdk_packet){.kind = SDK_KIND_CONNACK, .event = {.type = SDK_CONNACK, .code = packet[3]}};
}

static struct sdk_packet parse_publish(uint8_t first, const uint8_t *body, size_t length) {
  const uint8_t qos = first >> 1 & 3u;
  const size_t id_length = qos > 0u ? 2u : 0u;
  if (qos > 2u || length < 2u) return MALFORMED;
  const size_t topic_length = number_at(body);
  const size_t payload = 2u + topic_length + id_length;
  /* Ours: so is a topic that is longer than what is kept of a packet. */
  if (length < payload) return MALFORMED;
  static const uint8_t REPLIES[] = {0u, SEND_PUBACK, SEND_PUBREC};
  return (struct sdk_packet){.kind = SDK_KIND_EVENT,
                             .event = {.type = SDK_MESSAGE,
                                       .id = qos > 0u ? number_at(&body[2u + topic_length]) : 0u,
                                       .topic = &body[2],
                                       .topic_length = topic_length,
                                       .payload = &body[payload],
                                       .payload_length = length - payload},
                             .reply = REPLIES[qos]};
}

static struct sdk_packet parse_suback(uint16_t id, const uint8_t *codes, size_t count) {
  bool refused = false;
  for (size_t i = 0u; i < count; i++) {
    /* [MQTT-3.9.3-2] */
    if (codes[i] > 2u && codes[i] != SUBACK_FAILURE) return MALFORMED;
    if (codes[i] == SUBACK_FAILURE) refused = true;
  }
  return (struct sdk_packet){.kind = SDK_KIND_EVENT, .event = {.type = SDK_SUBACK, .id = id, .refused = refused}};
}

/* A packet that begins with a packet identifier. Its flags are reserved ([MQTT-2.2.2-2]). */
static struct sdk_packet parse_identified(uint8_t first, const uint8_t *body, size_t length) {
  const uint8_t type = first >> 4;
  const uint8_t flags = type == PUBREL ? 2u : 0u;
  if ((first & 0x0fu) != flags || length < 2u) return MALFORMED;
  const uint16_t id = number_at(body);
  if (type == SUBACK) return parse_suback(id, &body[2], length - 2u);
  if (type == PUBACK) {
    return (struct sdk_packet){.kind = SDK_KIND_EVENT, .event = {.type = SDK_PUBACK, .id = id}};
  }
  return (struct sdk_packet){
      .kind = SDK_KIND_IGNORED, .event = {.id = id}, .reply = type == PUBREC ? SEND_PUBREL : SEND_PUBCOMP};
}

struct sdk_packet sdk_parse(const struct sdk_framer *framer) {
  const uint8_t first = framer->packet[0];
  const uint8_t *body = &framer->packet[framer->header];
  const size_t length = sdk_framer_kept(framer) - framer->header;
  switch (first >> 4) {
    case CONNACK:
      return parse_connack(framer->packet, sdk_framer_kept(framer));
    case PUBLISH:
      return parse_publish(first, body, length);
    case PUBACK:
    case PUBREC:
    case PUBREL:
    case SUBACK:
      return parse_identified(first, body, length);
    case PINGRESP:
      return (struct sdk_packet){.kind = SDK_KIND_PINGRESP};
    default:
      return (struct sdk_packet){.kind = SDK_KIND_IGNORED};
  }
}
