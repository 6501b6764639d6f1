#include "azure_provisioning.h"

#include "atecc.h"
#include "azure_console.h"
#include "dps.h"
#include "hub_trial.h"
#include "port.h"
#include "profile.h"
#include "record_task.h"

static bool register_device(const struct device_settings *settings, struct dps_registered *registered) {
  const uint64_t created_ms = port_time_ms();
  char registration_id[SERIAL_TEXT_SIZE];
  if (record_create_hsm(registration_id) != ATECC_OK) return false;
  const enum dps_end end = dps_register(settings, registration_id, created_ms, registered);
  if (end == DPS_END_FAILED) azure_console_registration_failed(registered->result);
  if (end != DPS_END_ASSIGNED) return false;
  azure_console_registered(registered->hub, registered->device_id);
  /* The application's loop sleeps once more before it sees that it is over. */
  port_sleep_ms(PROFILE.azure->dps_loop_ms);
  return true;
}

static bool try_hub(const struct device_settings *settings, const struct dps_registered *registered) {
  char serial[SERIAL_TEXT_SIZE];
  azure_console_trial_begins();
  if (record_create_hsm(serial) != ATECC_OK) return false;
  azure_console_trial_began();
  hub_trial_run(settings, registered->hub, registered->device_id);
  return !port_ending();
}

bool azure_provision(const struct device_settings *settings) {
  static struct dps_registered registered;
  bool same = false;
  azure_console_begun();
  if (!register_device(settings, &registered) || !try_hub(settings, &registered)) return false;
  azure_console_recording(registered.hub);
  return record_write(registered.hub, &same) == ATECC_OK && same;
}
