/* The programs that a board can run. Each begins at power-up and returns when port_ending, or when it cannot go on: then not 0. */
#ifndef APP_H
#define APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "settings.h"

int app_mqtts_run(const struct device_settings *settings);
int app_azure_run(const struct device_settings *settings);

/*
 * The factory's firmware (ECC608-MassProvisioning): letters from the serial line in, answers out. `take` is called for each byte
 * from the host. An answer may come in several pieces. Their length is given, because an echoed text may hold a NUL.
 */
void app_provisioning_start(void (*answer)(const char *text, size_t length));
void app_provisioning_take(uint8_t byte);

#endif
