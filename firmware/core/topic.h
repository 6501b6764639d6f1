/* Topics of a profile, as one device has them. */
#ifndef TOPIC_H
#define TOPIC_H

#include <stdbool.h>
#include <stddef.h>

#include "mqtt_packet.h"

/* A longer topic fits no packet of the client. */
#define TOPIC_LIMIT MQTT_BUFFER_LIMIT

/*
 * `pattern` with `client_id` for each {clientId}. What is too long for `topic` is cut: the client refuses a topic that
 * fills it.
 */
void topic_of(char topic[TOPIC_LIMIT + 1u], const char *pattern, const char *client_id);

#endif
