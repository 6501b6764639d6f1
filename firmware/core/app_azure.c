/*
 * Two firmwares in one. Without a record of its hub it is the one that registers and writes the record; with one, the
 * one that reads the record and publishes its telemetry.
 */
#include "app.h"
#include "atecc.h"
#include "azure_console.h"
#include "azure_names.h"
#include "azure_provisioning.h"
#include "boot.h"
#include "chip_keys.h"
#include "console.h"
#include "mqtt_task.h"
#include "port.h"
#include "profile.h"
#include "publish_loop.h"
#include "record_task.h"

static char serial_text[SERIAL_TEXT_SIZE];
static char hub[RECORD_HUB_LENGTH];
static char user_name[AZURE_USER_NAME_SIZE];

static bool boot(const struct device_settings *settings) {
  uint8_t serial[9];
  boot_banner(settings);
  if (boot_sysinit(serial) != ATECC_OK) return false;
  console_free_heap();
  console_log('I', "ECC608", "Connected to AP success!");
  record_serial_text(serial, serial_text);
  return true;
}

/* The hub of the record, which is written first where there is none. */
static bool find_hub(const struct device_settings *settings) {
  bool found = false;
  if (record_read(serial_text, hub, &found) != ATECC_OK) return false;
  if (found) return true;
  if (!azure_provision(settings)) return false;
  return record_read(serial_text, hub, &found) == ATECC_OK && found;
}

int app_azure_run(const struct device_settings *settings) {
  if (!boot(settings) || !find_hub(settings) ||
      !azure_hub_user_name(user_name, sizeof user_name, hub, serial_text, PROFILE.mqtt.api_version, NULL)) {
    return port_ending() ? 0 : 1;
  }
  azure_console_configured(serial_text, hub, AZURE_HUB_PORT, user_name);
  const struct mqtt_task_settings task = {.host = hub,
                                          .port = AZURE_HUB_PORT,
                                          .client_id = serial_text,
                                          .user_name = user_name,
                                          .common_name = settings->common_name};
  chip_keys_initialise_first(false);
  mqtt_task_start(&task);
  publish_loop_run(serial_text, mqtt_task_publish);
  return 0;
}
