/* The application's loop: sets the sensor up, then measures and publishes for ever (until port_ending). */
#ifndef PUBLISH_LOOP_H
#define PUBLISH_LOOP_H

#include <stdbool.h>
#include <stdint.h>

/* `client_id` replaces {clientId} in the topic. `publish` is mqtt_task_publish or another client's. */
void publish_loop_run(const char *client_id, int (*publish)(const char *topic, const char *payload, uint8_t qos));

#endif
