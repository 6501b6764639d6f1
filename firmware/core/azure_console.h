/*
 * The lines of the provisioning firmware's console, and those that begin its telemetry. What the TLS library prints at
 * its debug level, and what the SDK logs with the lines of its source, is left out.
 */
#ifndef AZURE_CONSOLE_H
#define AZURE_CONSOLE_H

#include <stdint.h>

#include "dps_answer.h"
#include "record_task.h"

void azure_console_begun(void);
void azure_console_registered(const char *hub, const char *device_id);
void azure_console_registration_failed(enum dps_result result);

/* The client of the hub is about to be made; then it is there. */
void azure_console_trial_begins(void);
void azure_console_trial_began(void);
void azure_console_message_accepted(unsigned count);
void azure_console_stop_message(void);

void azure_console_recording(const char *hub);
void azure_console_written(const struct record_written *hub, const struct record_written *serial);

/* The end of the telemetry firmware's sysinit, and the beginning of its mqtt_app_start. */
void azure_console_configured(const char *serial, const char *hub, uint16_t port, const char *user_name);

#endif
