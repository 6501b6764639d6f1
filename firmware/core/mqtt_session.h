/*
 * What the client's task makes of what it reads, from CONNECT to the end of one connection.
 *
 * Quirk: only the first packet of a read is handled. When a read begins inside a packet, the original takes what it
 * finds for one; here and in the twin such a read is lost as a whole.
 * Quirk: it never checks what it receives. Where the original would go on with what its buffer held before, this one
 * takes no notice.
 */
#ifndef MQTT_SESSION_H
#define MQTT_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mqtt_session {
  bool awaits_ping_response;
  uint8_t message_qos; /* of the message being received */
  uint32_t message_length; /* its payload in all */
  uint32_t message_rest; /* and what is still to come */
  uint32_t lost_rest; /* still to come of a lost packet that the end of a read has cut */
};

/* A piece of a received message: all of it, when it came in one read. */
struct mqtt_message {
  const uint8_t *topic; /* NULL in all pieces but the first */
  uint16_t topic_length;
  uint8_t qos;
  const uint8_t *payload;
  size_t payload_length;
  uint32_t total_length; /* of the whole payload */
};

enum mqtt_connack { MQTT_CONNACK_OTHER, MQTT_CONNACK_REFUSED, MQTT_CONNACK_ACCEPTED };

/* Looks at the first read of a connection. `code` is that of the CONNACK. */
enum mqtt_connack mqtt_session_connack(const uint8_t *read, size_t length, uint8_t *code);

/* What was read behind the CONNACK is lost. */
void mqtt_session_lose_behind_connack(struct mqtt_session *session, const uint8_t *read, size_t length);

/* One read after that. */
void mqtt_session_read(struct mqtt_session *session, const uint8_t *read, size_t length);

#endif
