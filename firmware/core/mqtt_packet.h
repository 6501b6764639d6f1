/* The packets of MQTT 3.1.1 that this client sends and receives, as bytes. */
#ifndef MQTT_PACKET_H
#define MQTT_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of each buffer for packets; a build may have larger ones. What the profile asks for beyond it is not given. */
#ifndef MQTT_BUFFER_LIMIT
#define MQTT_BUFFER_LIMIT 1024u
#endif

/* Control packet types (table 2.1). */
enum mqtt_type {
  MQTT_CONNECT = 1,
  MQTT_CONNACK = 2,
  MQTT_PUBLISH = 3,
  MQTT_PUBACK = 4,
  MQTT_PUBREC = 5,
  MQTT_PUBREL = 6,
  MQTT_PUBCOMP = 7,
  MQTT_SUBSCRIBE = 8,
  MQTT_SUBACK = 9,
  MQTT_UNSUBSCRIBE = 10,
  MQTT_UNSUBACK = 11,
  MQTT_PINGREQ = 12,
  MQTT_PINGRESP = 13
};

/* Each of these returns the packet's length, or 0 when it does not fit `size`. */
size_t mqtt_encode_connect(uint8_t *packet, size_t size, const char *client_id, const char *user_name,
                           bool clean_session, uint16_t keep_alive_seconds);
size_t mqtt_encode_publish(uint8_t *packet, size_t size, const char *topic, const char *payload, uint8_t qos,
                           uint16_t id);
size_t mqtt_encode_subscribe(uint8_t *packet, size_t size, const char *topic, uint8_t qos, uint16_t id);
size_t mqtt_encode_unsubscribe(uint8_t *packet, size_t size, const char *topic, uint16_t id);

/* PUBACK, PUBREC, PUBREL or PUBCOMP. */
void mqtt_encode_acknowledgement(uint8_t packet[4], enum mqtt_type type, uint16_t id);

/* Of what begins here: the type, also where it is reserved. */
uint8_t mqtt_type_of(const uint8_t *packet);

/* Bytes of the fixed header: 2 to 5; 0 when it does not end, or not in time (2.2.3). */
size_t mqtt_header_length(const uint8_t *packet, size_t length);

/* Length of the packet that begins here, fixed header included; 0 when its fixed header is not one. */
uint32_t mqtt_packet_length(const uint8_t *packet, size_t length);

/* Length of a packet with `remaining` bytes behind its fixed header. */
uint32_t mqtt_length_with_header(uint32_t remaining);

/* What stands before a PUBLISH packet's payload. */
struct mqtt_publish_header {
  const uint8_t *topic;
  uint16_t topic_length;
  uint8_t qos;
  uint16_t id; /* 0 with QoS 0 */
  size_t payload_offset;
};

/* Reads the beginning of a PUBLISH packet; false when it is too short. The payload may be missing. */
bool mqtt_decode_publish_header(const uint8_t *packet, size_t length, struct mqtt_publish_header *header);

/* The same of a whole packet, which must be right in all. */
bool mqtt_decode_publish(const uint8_t *packet, size_t length, struct mqtt_publish_header *header);

/* A whole PUBACK, PUBREC, PUBREL, PUBCOMP, SUBACK or UNSUBACK: its packet id. False when the packet is not right. */
bool mqtt_decode_acknowledgement(const uint8_t *packet, size_t length, uint16_t *id);

/* Whether the flags are those of the type (2.2.2). */
bool mqtt_has_right_flags(const uint8_t *packet);

#endif
