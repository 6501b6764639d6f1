/*
 * What the MQTT client and the application's handler of its events print. The lines of TRANS_SSL are left out: they are
 * error numbers of a TLS library.
 */
#ifndef MQTT_CONSOLE_H
#define MQTT_CONSOLE_H

#include <stddef.h>
#include <stdint.h>

#include "mqtt_client.h"
#include "mqtt_session.h"

/* Why there is no connection, or none any more. */
enum mqtt_end {
  MQTT_END_NONE,
  MQTT_END_NO_TRANSPORT, /* no TLS connection came about */
  MQTT_END_NO_RESPONSE, /* it ended before the CONNACK */
  MQTT_END_NO_CONNACK, /* nothing came in time, or something else did */
  MQTT_END_REFUSED,
  MQTT_END_READ, /* it ended after the CONNACK */
  MQTT_END_NO_PINGRESP,
  MQTT_END_PING_NOT_WRITTEN
};

void mqtt_console_credentials(int result); /* of credentials_load */
void mqtt_console_connecting(void);
void mqtt_console_refused(uint8_t code);

/* What was read instead of a CONNACK: its first byte and its length. */
void mqtt_console_no_connack(uint8_t first_byte, size_t read_length);
void mqtt_console_down(enum mqtt_end end);
void mqtt_console_not_connected(void);
void mqtt_console_not_written(enum mqtt_type request, const char *topic, uint8_t qos, enum mqtt_written written);

/* The application's events. `read_length` is of the read that brought the message. */
void mqtt_console_event(const char *name);
void mqtt_console_acknowledged(const char *name, uint16_t id);
void mqtt_console_requested(const char *name, int id);
void mqtt_console_message(const struct mqtt_message *message, size_t read_length);

#endif
