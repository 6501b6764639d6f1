/*
 * Topics and user names of the Device Provisioning Service and of IoT Hub. Each function is false when the text does
 * not fit.
 */
#ifndef AZURE_NAMES_H
#define AZURE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* MQTTS: the record of a hub has no port. */
#define AZURE_HUB_PORT 8883u

/* The longest: host name, device id, two settings of the profile, one of them percent-encoded. */
#define AZURE_USER_NAME_SIZE 768u
/* The longest asks for the status of an operation. */
#define AZURE_TOPIC_SIZE 640u

/* What is answered to a registration, by status and request id. */
#define AZURE_DPS_ANSWERS "$dps/registrations/res/#"

bool azure_dps_user_name(char *text, size_t size, const char *id_scope, const char *registration_id);

bool azure_register_topic(char *text, size_t size, uint16_t rid);
bool azure_status_topic(char *text, size_t size, uint16_t rid, const char *operation_id);

/* The hub is told by its own name, the device by its id; `client_type`, or NULL, says who speaks. */
bool azure_hub_user_name(char *text, size_t size, const char *hub, const char *device_id, const char *api_version,
                         const char *client_type);

/* From the hub to the device, and from the device to the hub. */
bool azure_device_bound_filter(char *text, size_t size, const char *device_id);
bool azure_events_topic(char *text, size_t size, const char *device_id);

#endif
