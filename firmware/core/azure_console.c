#include "azure_console.h"

#include <stdio.h>
#include <string.h>

#include "azure_names.h"
#include "console.h"
#include "profile.h"

/* A topic of IoT Hub with a serial number in it. */
#define SERIAL_TOPIC_SIZE 64u
/* mqtts://HOST:PORT */
#define URI_SIZE 80u
/* Two refusals, and the line that follows them. */
#define WRITTEN_SIZE 256u

void azure_console_begun(void) {
  console_print("Provisioning API Version: %s", PROFILE.azure->sdk_client_version);
  console_print("Iothub API Version: %s", PROFILE.azure->sdk_client_version);
}

void azure_console_registered(const char *hub, const char *device_id) {
  console_print("Registration Information received from service: %s!", hub);
  console_print("%s!", device_id);
}

void azure_console_registration_failed(enum dps_result result) {
  console_print("Failure encountered on registration PROV_DEVICE_RESULT_%s", dps_result_name(result));
  console_print("registration failed!");
  /* Quirk: the original goes on with the hub that it does not have, prints this, and crashes. */
  console_print("Registering (null) ...");
}

void azure_console_trial_begins(void) { console_print("Creating IoTHub Device handle"); }

void azure_console_trial_began(void) {
  /* Quirk: it counts whole seconds and waits until there are more of them than it says. */
  const int seconds = (int)(PROFILE.azure->trial_gap_ms / 1000u) - 1;
  console_print("Sending 1 messages to IoTHub every %d seconds for %u messages (Send any message to stop)", seconds,
                (unsigned)PROFILE.azure->trial_messages);
}

void azure_console_message_accepted(unsigned count) {
  console_print("IoTHubClient_LL_SendEventAsync accepted message [%u] for transmission to IoT Hub.", count);
}

void azure_console_stop_message(void) { console_print("Stop message recieved from IoTHub"); }

void azure_console_recording(const char *hub) { console_print("Registering %s ...", hub); }

/* The library's code of the chip's status byte (atca_status.h). */
static unsigned library_code(int status) {
  switch (status) {
    case 0x01:
      return 0xd1u;
    case 0x03:
      return 0xd2u;
    case 0x05:
      return 0xd6u;
    case 0x0f:
      return 0xf4u;
    case 0xff:
      return 0xd4u;
    default:
      return (unsigned)status;
  }
}

/*
 * Quirk: the code is decimal behind 0x, and the end of the line is written with slashes, so that the next text joins
 * it.
 */
static void append_refusal(char *line, const char *access, const char *slot, int status) {
  const size_t used = strlen(line);
  if (status == 0) return;
  (void)snprintf(&line[used], WRITTEN_SIZE - used, "%s %s to slot8 failed with ret=0x%08u/r/n", access, slot,
                 library_code(status));
}

static void print_written(const struct record_written *written, const char *slot, const char *name) {
  char line[WRITTEN_SIZE] = "";
  append_refusal(line, "write", slot, written->write_status);
  append_refusal(line, "read", slot, written->read_status);
  if (written->same) console_print("%s%s provisioning complete.", line, name);
  else console_print("%serror comparing %s", line, name);
}

void azure_console_written(const struct record_written *hub, const struct record_written *serial) {
  print_written(hub, "azureiot hub URL", "Azure IoT URL");
  print_written(serial, "device sn", "device sn");
}

void azure_console_configured(const char *serial, const char *hub, uint16_t port, const char *user_name) {
  char topic[SERIAL_TOPIC_SIZE];
  char uri[URI_SIZE];
  (void)snprintf(uri, sizeof uri, "mqtts://%s:%u", hub, (unsigned)port);
  console_print("Serial Number Strings%s", serial);
  if (azure_device_bound_filter(topic, sizeof topic, serial)) console_print("%s", topic);
  if (azure_events_topic(topic, sizeof topic, serial)) console_print("%s", topic);
  console_print("%s", serial);
  console_print("%s", user_name);
  console_print("%s", uri);
  console_free_heap();
  console_print("Client ID:%s", serial);
  console_print("Username:%s", user_name);
  console_free_memory();
  console_print("%s", uri);
}
