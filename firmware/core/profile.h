/*
 * The shape of the tables that `emu firmware headers` makes of a profile. Times are milliseconds unless the name says otherwise.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the chip is personalised and used. */
struct profile_chip {
  uint32_t bus_clock_hz;
  uint8_t address; /* 7 bits */
  uint8_t configuration[112]; /* bytes 16 to 127 of the configuration zone; 86 and 87 are never written */
  uint8_t device_key_slot;
  const uint8_t *spare_key_slots;
  size_t spare_key_count;
  uint8_t io_protection_slot;
  uint8_t io_protection_key[32];
};

/* Where bytes of a certificate are, from its beginning. */
struct profile_element {
  uint16_t offset;
  uint16_t count;
};

/* A certificate with everything in it that is the same for all devices of a fleet; the other bytes are 0. */
struct profile_certificate {
  const uint8_t *template_der;
  size_t template_length; /* with a signature of the greatest length */
  uint8_t template_id;
  uint8_t chain_id;
  uint8_t sn_source; /* 0x0 stored, 0xA hash of public key and dates */
  uint8_t expire_years; /* 0: never */
  struct profile_element tbs, serial_number, not_before, not_after, common_name, public_key, subject_key_id,
      authority_key_id, signature;
};

struct profile_certificates {
  bool common_name_in_slot; /* otherwise it is compiled in: device_settings.common_name */
  uint8_t common_name_slot, compressed_device_slot, signer_public_key_slot, compressed_signer_slot, signer_record_slot,
      root_public_key_slot;
  uint8_t record_serial_number, record_not_before, record_not_after; /* offsets in slot signer_record_slot */
  struct profile_certificate signer, device;
};

struct profile_tls {
  const uint16_t *cipher_suites; /* IANA numbers, in the order of the offer */
  size_t cipher_suite_count;
  const uint16_t *curves; /* IANA numbers of named groups */
  size_t curve_count;
  uint16_t max_record_bytes;
  bool server_name, extended_master_secret, renegotiation_scsv, check_dates;
};

/* esp-mqtt. */
struct profile_mqtt {
  const char *client_id_prefix; /* esp32-mqtts: the last three bytes of the MAC follow; NULL: the serial number is the id */
  const char *api_version; /* azure-dps: of the user name; NULL: no user name */
  uint16_t keep_alive_seconds;
  bool clean_session;
  uint16_t buffer_bytes;
  uint32_t network_timeout_ms, read_poll_ms;
  uint32_t outbox_max_bytes, outbox_expiry_ms;
  uint32_t reconnect_wait_ms, reconnect_step_ms;
};

enum profile_request { PROFILE_SUBSCRIBE, PROFILE_UNSUBSCRIBE, PROFILE_PUBLISH };

/* What the application does on an event of its client. `{clientId}` in a topic stands for the client id. */
struct profile_step {
  enum profile_request request;
  const char *topic;
  const char *payload; /* of a publish */
  uint8_t qos;
};

struct profile_script {
  const struct profile_step *on_connected;
  size_t on_connected_count;
  const struct profile_step *on_subscribed;
  size_t on_subscribed_count;
};

struct profile_telemetry {
  const char *topic;
  uint8_t qos;
  const char *payload; /* of printf: degrees Celsius, hPa, % relative humidity, each a double */
  uint32_t settle_ms, period_ms;
};

struct profile_sensor {
  uint32_t bus_clock_hz;
  uint8_t address; /* 7 bits */
};

/* The Azure part; NULL in a firmware that has none. */
struct profile_azure {
  const char *sdk_client_version;
  uint32_t sdk_network_timeout_ms;
  const char *dps_id_scope, *dps_api_version;
  uint16_t dps_keep_alive_seconds;
  uint32_t dps_loop_ms, dps_poll_ms, dps_answer_timeout_ms; /* answer 0: for ever */
  const char *hub_api_version, *hub_client_type;
  uint16_t hub_keep_alive_seconds;
  uint32_t hub_connack_timeout_ms, hub_resend_after_ms;
  uint8_t hub_resend_sends;
  uint8_t trial_messages;
  uint32_t trial_gap_ms, trial_leave_ms;
  uint16_t record_serial_number, record_hub_name; /* offsets in slot 8 */
};

struct profile {
  const char *name;
  struct profile_chip chip;
  struct profile_certificates certificates;
  struct profile_tls tls;
  struct profile_mqtt mqtt;
  struct profile_script script;
  struct profile_telemetry telemetry;
  struct profile_sensor sensor;
  const struct profile_azure *azure;
};

/* The one profile of this build, defined by the generated file. */
extern const struct profile PROFILE;

#endif
