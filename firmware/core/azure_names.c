#include "azure_names.h"

#include <stdio.h>
#include <string.h>

#include "profile.h"

/* Of a client type of 128 characters, every one encoded, and room for one more. */
#define ENCODED_SIZE 388u

static bool fits(int length, size_t size) { return length >= 0 && (size_t)length < size; }

bool azure_dps_user_name(char *text, size_t size, const char *id_scope, const char *registration_id) {
  const struct profile_azure *azure = PROFILE.azure;
  return fits(snprintf(text, size, "%s/registrations/%s/api-version=%s&ClientVersion=%s", id_scope, registration_id,
                       azure->dps_api_version, azure->sdk_client_version),
              size);
}

/* Quirk: the request id is decimal, the packet id that was given out last. */
bool azure_register_topic(char *text, size_t size, uint16_t rid) {
  return fits(snprintf(text, size, "$dps/registrations/PUT/iotdps-register/?$rid=%u", (unsigned)rid), size);
}

bool azure_status_topic(char *text, size_t size, uint16_t rid, const char *operation_id) {
  return fits(snprintf(text, size, "$dps/registrations/GET/iotdps-get-operationstatus/?$rid=%u&operationId=%s",
                       (unsigned)rid, operation_id),
              size);
}

static bool stays(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || strchr("!()*-._", character) != NULL;
}

/* As the SDK's encoder does it: lower-case digits. */
static bool percent_encode(char *text, size_t size, const char *ascii) {
  static const char DIGITS[] = "0123456789abcdef";
  size_t length = 0u;
  for (const char *at = ascii; *at != '\0'; at++) {
    if (length + 4u > size) return false;
    if (stays(*at)) {
      text[length++] = *at;
    } else {
      text[length++] = '%';
      text[length++] = DIGITS[(uint8_t)*at >> 4];
      text[length++] = DIGITS[(uint8_t)*at & 0x0fu];
    }
  }
  text[length] = '\0';
  return true;
}

bool azure_hub_user_name(char *text, size_t size, const char *hub, const char *device_id, const char *api_version,
                         const char *client_type) {
  char encoded[ENCODED_SIZE] = "";
  if (client_type != NULL && !percent_encode(encoded, sizeof encoded, client_type)) return false;
  return fits(snprintf(text, size, "%s/%s/?api-version=%s%s%s", hub, device_id, api_version,
                       client_type == NULL ? "" : "&DeviceClientType=", encoded),
              size);
}

bool azure_device_bound_filter(char *text, size_t size, const char *device_id) {
  return fits(snprintf(text, size, "devices/%s/messages/devicebound/#", device_id), size);
}

bool azure_events_topic(char *text, size_t size, const char *device_id) {
  return fits(snprintf(text, size, "devices/%s/messages/events/", device_id), size);
}
