/* The application's handler of its client's events: prints them, and plays the profile's script. */
#ifndef MQTT_HANDLER_H
#define MQTT_HANDLER_H

#include <stddef.h>
#include <stdint.h>

#include "mqtt_packet.h"
#include "mqtt_session.h"

/* `client_id` replaces {clientId} in topics; it must last. */
void mqtt_handler_start(const char *client_id);

void mqtt_handler_connected(void);
void mqtt_handler_acknowledged(enum mqtt_type request, uint16_t id);
void mqtt_handler_message(const struct mqtt_message *message, size_t read_length);

#endif
