#include <stdio.h>
#include <string.h>

#include "app.h"
#include "boot.h"
#include "console.h"
#include "mqtt_task.h"
#include "profile.h"
#include "publish_loop.h"

/* [MQTT-3.1.3-5]: 23 bytes, which the profile's prefix leaves room in. */
#define CLIENT_ID_LIMIT 32u

/* They must last as long as the task. */
static char client_id[CLIENT_ID_LIMIT];

/* The last three bytes of the MAC address. Quirk: lower-case digits in the first, upper-case ones in the others. */
static bool make_client_id(const uint8_t mac_tail[3]) {
  const int length = snprintf(client_id, sizeof client_id, "%s%02x%02X%02X", PROFILE.mqtt.client_id_prefix, mac_tail[0],
                              mac_tail[1], mac_tail[2]);
  return length >= 0 && (size_t)length < sizeof client_id;
}

static void print_uri(const struct device_settings *settings) {
  /* RFC 3986 3.2.2: an IPv6 address is in brackets. */
  const bool is_ipv6 = strchr(settings->broker_host, ':') != NULL;
  console_print(is_ipv6 ? "mqtts://[%s]:%u" : "mqtts://%s:%u", settings->broker_host, (unsigned)settings->broker_port);
}

int app_mqtts_run(const struct device_settings *settings) {
  uint8_t serial[9];
  if (!make_client_id(settings->mac_tail)) return 1;
  boot_banner(settings);
  if (boot_sysinit(serial) != 0) return 1;
  console_free_heap();
  console_free_memory();
  print_uri(settings);
  const struct mqtt_task_settings task = {
    .host = settings->broker_host,
    .port = settings->broker_port,
    .client_id = client_id,
    .user_name = NULL,
    .common_name = settings->common_name,
  };
  mqtt_task_start(&task);
  publish_loop_run(client_id, mqtt_task_publish);
  return 0;
}
