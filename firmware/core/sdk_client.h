/*
 * The MQTT 3.1.1 client of the Azure IoT C SDK on one connection: certificates rebuilt from the chip, TLS with an
 * initialisation before each of the chip's key operations, MQTT. It keeps no session: packet ids, repeated messages and
 * reconnects are the caller's. Everything is static, 11 KiB: there is one such connection at a time.
 */
#ifndef SDK_CLIENT_H
#define SDK_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sdk_packet.h"

enum sdk_event_type { SDK_CONNACK, SDK_SUBACK, SDK_PUBACK, SDK_MESSAGE };

/* What arrived; texts and bytes are only lent. */
struct sdk_event {
  enum sdk_event_type type;
  uint8_t code; /* SDK_CONNACK */
  bool refused; /* SDK_SUBACK: the server granted no QoS */
  uint16_t id; /* SDK_SUBACK, SDK_PUBACK */
  const uint8_t *topic, *payload; /* SDK_MESSAGE */
  size_t topic_length, payload_length;
};

/* To whom a connection goes, and as whom. */
struct sdk_peer {
  const char *host;
  uint16_t port;
  struct sdk_login login;
  const char *common_name; /* of credentials_load */
  void (*handle)(const struct sdk_event *event);
};

/* Connects and sends CONNECT. False when there is no connection. What `peer` points to must last. */
bool sdk_open(const struct sdk_peer *peer);

/* Waits for bytes, `timeout_ms` at most, and handles one record of them. False when there is no connection any more. */
bool sdk_wait(uint32_t timeout_ms);

/* Both do nothing when there is no connection: sdk_wait tells. */
void sdk_subscribe(uint16_t id, const char *filter, uint8_t qos);
void sdk_publish(const char *topic, const char *payload, uint8_t qos, uint16_t id);

/*
 * DISCONNECT, where the server accepted the session, and nothing is heard any more; the connection stays until
 * sdk_close.
 */
void sdk_leave(void);
void sdk_close(void);

#endif
