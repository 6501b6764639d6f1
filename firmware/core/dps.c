#include "dps.h"

#include <string.h>

#include "azure_names.h"
#include "dps_registration.h"
#include "port.h"
#include "profile.h"

static struct dps_registration registration;
static char user_name[AZURE_USER_NAME_SIZE];

static void receive(const struct sdk_event *event) { dps_registration_receive(&registration, event); }

/* Reads until the next turn, and once in any case. False when there is no connection any more. */
static bool read_until(uint64_t turn_ms) {
  uint64_t now_ms = port_time_ms();
  do {
    if (!sdk_wait(now_ms < turn_ms ? (uint32_t)(turn_ms - now_ms) : 0u)) return false;
    now_ms = port_time_ms();
  } while (now_ms < turn_ms);
  return true;
}

/* Turns are whole periods after the first; one that was missed is left out. */
static uint64_t turn_after(uint64_t turn_ms) {
  const uint32_t loop_ms = PROFILE.azure->dps_loop_ms;
  const uint64_t now_ms = port_time_ms();
  const uint64_t next_ms = turn_ms + loop_ms;
  return next_ms >= now_ms ? next_ms : next_ms + (now_ms - next_ms + loop_ms - 1u) / loop_ms * loop_ms;
}

static bool is_over(void) { return registration.state == DPS_DONE || registration.state == DPS_FAILED; }

static void run(uint64_t connected_ms) {
  uint64_t turn_ms = turn_after(connected_ms);
  while (!is_over() && !port_ending()) {
    if (read_until(turn_ms)) {
      dps_registration_turn(&registration, turn_ms);
      turn_ms = turn_after(turn_ms);
    } else {
      registration.state = DPS_FAILED;
      registration.result = DPS_RESULT_TRANSPORT;
    }
  }
}

enum dps_end dps_register(const struct device_settings *settings, const char *registration_id, uint64_t created_ms,
                          struct dps_registered *registered) {
  const struct profile_azure *azure = PROFILE.azure;
  const char *id_scope = settings->id_scope == NULL ? azure->dps_id_scope : settings->id_scope;
  const struct sdk_peer peer = {.host = settings->broker_host,
                                .port = settings->broker_port,
                                .login = {registration_id, user_name, true, azure->dps_keep_alive_seconds},
                                .common_name = settings->common_name,
                                .handle = receive};
  memset(registered, 0, sizeof *registered);
  registered->result = DPS_RESULT_TRANSPORT;
  if (!azure_dps_user_name(user_name, sizeof user_name, id_scope, registration_id) || !sdk_open(&peer)) {
    return port_ending() ? DPS_END_STOPPED : DPS_END_FAILED;
  }
  const uint64_t connected_ms = port_time_ms();
  dps_registration_begin(&registration, created_ms, connected_ms);
  run(connected_ms);
  sdk_close();
  registered->result = registration.result;
  memcpy(registered->hub, registration.answer.hub, sizeof registered->hub);
  memcpy(registered->device_id, registration.answer.device_id, sizeof registered->device_id);
  if (!is_over() || (registration.state == DPS_FAILED && port_ending())) return DPS_END_STOPPED;
  return registration.state == DPS_DONE ? DPS_END_ASSIGNED : DPS_END_FAILED;
}
