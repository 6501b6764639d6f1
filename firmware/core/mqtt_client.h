/*
 * What both tasks do with the connection: requests, and what they change, under the port's lock. There is one client in
 * a firmware.
 *
 * Quirk: a publish while it is not connected is refused, not queued. It never sends DISCONNECT.
 */
#ifndef MQTT_CLIENT_H
#define MQTT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mqtt_outbox.h"
#include "mqtt_packet.h"

/* What became of a write. */
enum mqtt_written { MQTT_WRITTEN, MQTT_WRITE_TIMEOUT, MQTT_NO_CONNECTION };

/* CONNACK 0 came, or there is no connection any more. */
void mqtt_client_up(void);
void mqtt_client_down(void);

/* When the last packet was sent. */
uint64_t mqtt_client_last_sent_ms(void);

/* Sends CONNECT; `length` gets the packet's. */
enum mqtt_written mqtt_client_connect(const char *client_id, const char *user_name, size_t *length);

/* Of the client's own task: PINGREQ, or an acknowledgement. */
enum mqtt_written mqtt_client_ping(void);
enum mqtt_written mqtt_client_acknowledge(enum mqtt_type type, uint16_t id);

/* Each returns the packet id, 0 for a publish with QoS 0, or -1 when the client refuses or cannot write. */
int mqtt_client_publish(enum mqtt_writer writer, const char *topic, const char *payload, uint8_t qos);
int mqtt_client_subscribe(const char *topic, uint8_t qos);
int mqtt_client_unsubscribe(const char *topic);

/* Whether an acknowledgement that came is of a request that waits for it. */
bool mqtt_client_acknowledged(enum mqtt_type type, uint16_t id);

/* How much of a buffer the profile gives. */
size_t mqtt_client_buffer_bytes(void);

#endif
