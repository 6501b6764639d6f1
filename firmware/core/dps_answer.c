#include "dps_answer.h"

#include <string.h>

#include "json.h"

#define TOPIC "$dps/registrations/res/"
#define PUT_OFF_FROM 429u
#define STATUS_DIGITS 9u
/* The longest that is known is "unassigned", or "blacklisted". */
#define STATUS_SIZE 16u

/* registrationState.errorCode */
#define HUB_NOT_SPECIFIED 400208.0
#define UNAUTHORIZED 400209.0

const char *dps_result_name(enum dps_result result) {
  static const char *const NAMES[] = {"PARSING",           "TRANSPORT", "DEV_AUTH_ERROR", "UNAUTHORIZED",
                                      "HUB_NOT_SPECIFIED", "DISABLED",  "TIMEOUT",        "ERROR"};
  return NAMES[result];
}

static void refuse(struct dps_answer *answer, enum dps_result result) {
  answer->outcome = DPS_REFUSED;
  answer->result = result;
}

/* In the topic; 0 where there is none. */
static uint32_t topic_status(const uint8_t *topic, size_t length) {
  const size_t begin = sizeof TOPIC - 1u;
  if (length < begin || memcmp(topic, TOPIC, begin) != 0) return 0u;
  uint32_t status = 0u;
  for (size_t at = begin; at < length && at < begin + STATUS_DIGITS; at++) {
    if (topic[at] < '0' || topic[at] > '9') return status;
    status = 10u * status + (uint32_t)(topic[at] - '0');
  }
  return status;
}

/* A member that is a text and fits. `units` is its length whether it fits or not, and 0 where there is no text. */
static bool text_member(const struct json_value *object, const char *name, char *text, size_t size, size_t *units) {
  struct json_value member;
  *units = 0u;
  text[0] = '\0';
  return json_member(object, name, &member) && json_string(&member, text, size, units);
}

static bool has_text(const struct json_value *object, const char *name) {
  struct json_value member;
  return json_member(object, name, &member) && json_is_string(&member);
}

/* What may stand in a topic. */
static bool is_visible_ascii(const char *text) {
  for (; *text != '\0'; text++) {
    if (*text < 0x21 || *text > 0x7e) return false;
  }
  return true;
}

/* Of device ids in IoT Hub's registry, without the wildcards of MQTT. */
static bool is_device_id(const char *text) {
  return is_visible_ascii(text) && strpbrk(text, "\"#&+/<>[\\]^`{|}~") == NULL;
}

static void read_assigning(const struct json_value *body, struct dps_answer *answer) {
  size_t units;
  const bool fits = text_member(body, "operationId", answer->operation_id, sizeof answer->operation_id, &units);
  answer->outcome = DPS_ASSIGNING;
  if (!fits || units == 0u || !is_visible_ascii(answer->operation_id)) refuse(answer, DPS_RESULT_PARSING);
}

static void read_assigned(const struct json_value *body, struct dps_answer *answer) {
  struct json_value state = {NULL, 0u};
  size_t hub_units;
  size_t id_units;
  (void)json_member(body, "registrationState", &state);
  const bool hub_fits = text_member(&state, "assignedHub", answer->hub, sizeof answer->hub, &hub_units);
  const bool id_fits = text_member(&state, "deviceId", answer->device_id, sizeof answer->device_id, &id_units);
  answer->outcome = DPS_ASSIGNED;
  if (hub_units == 0u || !id_fits || id_units == 0u || !is_device_id(answer->device_id)) {
    refuse(answer, DPS_RESULT_PARSING);
  } else if (hub_units >= RECORD_HUB_LENGTH) {
    /* Quirk: the original copies any name into 48 bytes on its stack. This one stops before that. */
    refuse(answer, DPS_RESULT_ERROR);
  } else if (!hub_fits || !record_is_host_name(answer->hub)) {
    refuse(answer, DPS_RESULT_PARSING);
  }
}

/* The SDK looks at the error code only beside an operation id. */
static enum dps_result failure(const struct json_value *body) {
  struct json_value state;
  struct json_value code;
  double number;
  if (!has_text(body, "operationId") || !json_member(body, "registrationState", &state) ||
      !json_member(&state, "errorCode", &code) || !json_number(&code, &number)) {
    return DPS_RESULT_DEV_AUTH_ERROR;
  }
  if (number == HUB_NOT_SPECIFIED) return DPS_RESULT_HUB_NOT_SPECIFIED;
  return number == UNAUTHORIZED ? DPS_RESULT_UNAUTHORIZED : DPS_RESULT_DEV_AUTH_ERROR;
}

static void read_body(const struct json_value *body, struct dps_answer *answer) {
  char status[STATUS_SIZE];
  size_t units;
  const bool fits = text_member(body, "status", status, sizeof status, &units);
  /* Quirk: an error's body has no status, which the SDK takes for a TPM's challenge without its key. */
  if (!has_text(body, "status") || (fits && strcmp(status, "unassigned") == 0)) refuse(answer, DPS_RESULT_PARSING);
  else if (fits && strcmp(status, "assigning") == 0) read_assigning(body, answer);
  else if (fits && strcmp(status, "assigned") == 0) read_assigned(body, answer);
  else if (fits && strcmp(status, "failed") == 0) refuse(answer, failure(body));
  else if (fits && strcmp(status, "disabled") == 0) refuse(answer, DPS_RESULT_DISABLED);
  else if (fits && strcmp(status, "blacklisted") == 0) refuse(answer, DPS_RESULT_ERROR);
  else refuse(answer, DPS_RESULT_DEV_AUTH_ERROR);
}

void dps_answer_read(const uint8_t *topic, size_t topic_length, const uint8_t *body, size_t body_length,
                     struct dps_answer *answer) {
  memset(answer, 0, sizeof *answer);
  if (topic_status(topic, topic_length) >= PUT_OFF_FROM) {
    answer->outcome = DPS_PUT_OFF;
    return;
  }
  /* A text in C: it ends at the first NUL. */
  const uint8_t *end = memchr(body, 0, body_length);
  struct json_value object;
  if (json_read(body, end == NULL ? body_length : (size_t)(end - body), &object) && json_is_object(&object)) {
    read_body(&object, answer);
  } else {
    refuse(answer, DPS_RESULT_TRANSPORT);
  }
}
