/*
 * The packets that the SDK's client sends (MQTT 3.1.1). Each function returns the packet's length, or 0 when it does
 * not fit into `size` bytes.
 */
#ifndef SDK_PACKET_H
#define SDK_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sdk_login {
  const char *client_id;
  const char *user_name;
  bool clean_session;
  uint16_t keep_alive_seconds; /* 0: none */
};

/* Packet identifiers one after the other, as the SDK's transports number them. `last` is what was given out last. */
struct sdk_packet_ids {
  uint16_t last;
};
uint16_t sdk_next_packet_id(struct sdk_packet_ids *ids);

size_t sdk_connect_packet(uint8_t *packet, size_t size, const struct sdk_login *login);
size_t sdk_subscribe_packet(uint8_t *packet, size_t size, uint16_t id, const char *filter, uint8_t qos);
/*
 * With QoS 0 `id` is not sent. Quirk: a message that is sent again is not marked as a duplicate (against
 * [MQTT-3.3.1-1]).
 */
size_t sdk_publish_packet(uint8_t *packet, size_t size, const char *topic, const char *payload, uint8_t qos,
                          uint16_t id);

/* PUBACK, PUBREC, PUBREL, PUBCOMP: `first` is the first byte. */
#define SDK_ACKNOWLEDGEMENT_LENGTH 4u
void sdk_acknowledgement_packet(uint8_t packet[SDK_ACKNOWLEDGEMENT_LENGTH], uint8_t first, uint16_t id);

#endif
