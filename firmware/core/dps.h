/* One connection to the Device Provisioning Service with one registration on it. */
#ifndef DPS_H
#define DPS_H

#include <stdint.h>

#include "dps_answer.h"
#include "settings.h"

enum dps_end { DPS_END_ASSIGNED, DPS_END_FAILED, DPS_END_STOPPED };

/* What a registration came to: hub and device id, or why it failed. */
struct dps_registered {
  char hub[RECORD_HUB_LENGTH], device_id[DPS_DEVICE_ID_SIZE];
  enum dps_result result;
};

/*
 * Registers; returns when that has ended, or port_ending. `created_ms`: when the provisioning client was made. The
 * state is static: 2 KiB.
 */
enum dps_end dps_register(const struct device_settings *settings, const char *registration_id, uint64_t created_ms,
                          struct dps_registered *registered);

#endif
