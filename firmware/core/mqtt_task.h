/* The task of the MQTT client (an early esp-mqtt) with the application's handler of its events: connects, for ever, and plays the script. */
#ifndef MQTT_TASK_H
#define MQTT_TASK_H

#include <stdbool.h>
#include <stdint.h>
#include "settings.h"

struct mqtt_task_settings {
  const char *host;
  uint16_t port;
  const char *client_id;
  const char *user_name; /* NULL: none */
  const char *common_name; /* of credentials_load */
};

/* Everything is static: one client in a firmware. The settings are copied as they are; their texts must last. */
void mqtt_task_start(const struct mqtt_task_settings *settings);

/* esp_mqtt_client_publish, of any task. Returns the packet id, 0 with QoS 0, or -1 when the client refuses. */
int mqtt_task_publish(const char *topic, const char *payload, uint8_t qos);

#endif
