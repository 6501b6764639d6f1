#include "mqtt_session.h"

#include "mqtt_client.h"
#include "mqtt_handler.h"
#include "mqtt_packet.h"

#define CONNACK_BYTES 4u

static void lose_from(struct mqtt_session *session, uint32_t start, const uint8_t *read, size_t length) {
  uint32_t at = start;
  while (at < length) {
    const uint32_t packet = mqtt_packet_length(read + at, length - at);
    at += packet == 0u ? (uint32_t)(length - at) : packet;
  }
  session->lost_rest = at - (uint32_t)length;
}

/* Quirk: of the CONNACK only type and code are looked at. */
enum mqtt_connack mqtt_session_connack(const uint8_t *read, size_t length, uint8_t *code) {
  if (length < CONNACK_BYTES || mqtt_type_of(read) != MQTT_CONNACK) return MQTT_CONNACK_OTHER;
  *code = read[3];
  return *code == 0u ? MQTT_CONNACK_ACCEPTED : MQTT_CONNACK_REFUSED;
}

void mqtt_session_lose_behind_connack(struct mqtt_session *session, const uint8_t *read, size_t length) {
  lose_from(session, CONNACK_BYTES, read, length);
}

/*
 * Quirk: mqtt_process_receive forgets an acknowledgement that could not be written. While one waits to be, the
 * application has its message already, as in the twin.
 */
static void acknowledge(uint8_t qos, uint16_t id) {
  if (qos == 1u) (void)mqtt_client_acknowledge(MQTT_PUBACK, id);
  if (qos == 2u) (void)mqtt_client_acknowledge(MQTT_PUBREC, id);
}

static void deliver(const struct mqtt_publish_header *header, const uint8_t *read, size_t length, uint32_t total,
                    size_t read_length) {
  const struct mqtt_message message = {
    .topic = header->topic,
    .topic_length = header->topic_length,
    .qos = header->qos,
    .payload = read + header->payload_offset,
    .payload_length = length - header->payload_offset,
    .total_length = total,
  };
  mqtt_handler_message(&message, read_length);
  acknowledge(header->qos, header->id);
}

/* Quirk: a message longer than the read is delivered in pieces, as they are read; only the first has the topic. */
static void read_beginning(struct mqtt_session *session, const uint8_t *read, size_t length, uint32_t packet) {
  struct mqtt_publish_header header;
  session->message_rest = packet - (uint32_t)length;
  if (!mqtt_decode_publish_header(read, length, &header)) {
    session->message_length = session->message_rest;
    return;
  }
  session->message_qos = header.qos;
  session->message_length = packet - (uint32_t)header.payload_offset;
  deliver(&header, read, length, session->message_length, length);
}

static void read_more(struct mqtt_session *session, const uint8_t *read, size_t length) {
  const struct mqtt_message message = {
    .qos = session->message_qos,
    .payload = read,
    .payload_length = length,
    .total_length = session->message_length,
  };
  session->message_rest -= (uint32_t)length;
  mqtt_handler_message(&message, length);
}

/* What is acknowledged by each type. */
static enum mqtt_type request_of(uint8_t type) {
  if (type == MQTT_SUBACK) return MQTT_SUBSCRIBE;
  return type == MQTT_UNSUBACK ? MQTT_UNSUBSCRIBE : MQTT_PUBLISH;
}

static void handle_acknowledgement(uint8_t type, const uint8_t *packet, size_t length) {
  uint16_t id = 0;
  if (!mqtt_decode_acknowledgement(packet, length, &id)) return;
  if (type == MQTT_PUBREC) {
    (void)mqtt_client_acknowledge(MQTT_PUBREL, id);
  } else if (type == MQTT_PUBREL) {
    (void)mqtt_client_acknowledge(MQTT_PUBCOMP, id);
  } else {
    const enum mqtt_type request = request_of(type);
    if (mqtt_client_acknowledged(request, id)) mqtt_handler_acknowledged(request, id);
  }
}

/* One whole packet; what the firmware has no case for it takes no notice of. */
static void handle(struct mqtt_session *session, const uint8_t *packet, size_t length, size_t read_length) {
  struct mqtt_publish_header header;
  const uint8_t type = mqtt_type_of(packet);
  switch (type) {
    case MQTT_PUBLISH:
      if (mqtt_decode_publish(packet, length, &header)) {
        deliver(&header, packet, length, (uint32_t)(length - header.payload_offset), read_length);
      }
      break;
    case MQTT_PUBACK:
    case MQTT_PUBREC:
    case MQTT_PUBREL:
    case MQTT_PUBCOMP:
    case MQTT_SUBACK:
    case MQTT_UNSUBACK:
      handle_acknowledgement(type, packet, length);
      break;
    case MQTT_PINGRESP:
      if (mqtt_has_right_flags(packet)) session->awaits_ping_response = false;
      break;
    default:
      break;
  }
}

static void read_packet(struct mqtt_session *session, const uint8_t *read, size_t length) {
  const uint32_t packet = mqtt_packet_length(read, length);
  if (packet == 0u) return;
  if (packet <= length) {
    handle(session, read, packet, length);
    lose_from(session, packet, read, length);
  } else if (mqtt_type_of(read) == MQTT_PUBLISH) {
    read_beginning(session, read, length, packet);
  } else if (packet <= mqtt_client_buffer_bytes()) {
    /* One that would have fitted was split by its sender; a longer one has a wrong length. */
    session->lost_rest = packet - (uint32_t)length;
  }
}

void mqtt_session_read(struct mqtt_session *session, const uint8_t *read, size_t length) {
  if (length == 0u) return;
  if (session->message_rest > 0u) {
    read_more(session, read, length);
  } else if (session->lost_rest > 0u) {
    lose_from(session, session->lost_rest, read, length);
  } else {
    read_packet(session, read, length);
  }
}
