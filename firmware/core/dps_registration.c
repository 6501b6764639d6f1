#include "dps_registration.h"

#include <string.h>

#include "azure_names.h"
#include "console.h"
#include "profile.h"

/*
 * The client counts the time between two requests as if it had asked this long after it was made
 * (PROV_GET_THROTTLE_TIME).
 */
#define CREATION_COUNTS_AS_MS 1000u

/* The DPS was asked: the time that it has for its answer begins. */
static void await_answer(struct dps_registration *registration, uint64_t now_ms) {
  const uint32_t timeout_ms = PROFILE.azure->dps_answer_timeout_ms;
  registration->deadline_ms = timeout_ms == 0u ? 0u : now_ms + timeout_ms;
}

static void fail(struct dps_registration *registration, enum dps_result result) {
  registration->state = DPS_FAILED;
  registration->result = result;
}

void dps_registration_begin(struct dps_registration *registration, uint64_t created_ms, uint64_t now_ms) {
  memset(registration, 0, sizeof *registration);
  registration->reference_ms = created_ms + CREATION_COUNTS_AS_MS;
  await_answer(registration, now_ms);
}

/* The first refusal counts, and nothing behind it. */
static void refuse(struct dps_registration *registration, enum dps_result result) {
  registration->refused = true;
  registration->result = result;
}

void dps_registration_receive(struct dps_registration *registration, const struct sdk_event *event) {
  if (registration->refused) return;
  switch (event->type) {
    case SDK_CONNACK:
      if (event->code != 0u) refuse(registration, DPS_RESULT_DEV_AUTH_ERROR);
      else if (registration->state == DPS_CONNECTING) registration->state = DPS_CONNECTED;
      break;
    case SDK_SUBACK:
      if (event->refused) refuse(registration, DPS_RESULT_TRANSPORT);
      else if (registration->state == DPS_SUBSCRIBING) registration->state = DPS_SUBSCRIBED;
      break;
    case SDK_MESSAGE:
      /*
       * Quirk: any message is taken for the answer, whatever its topic and request id. The last one of a turn counts.
       */
      dps_answer_read(event->topic, event->topic_length, event->payload, event->payload_length, &registration->answer);
      registration->answered = true;
      registration->sending = DPS_NO_REQUEST;
      break;
    case SDK_PUBACK:
    default:
      break;
  }
}

static void subscribe(struct dps_registration *registration, uint64_t now_ms) {
  sdk_subscribe(sdk_next_packet_id(&registration->ids), AZURE_DPS_ANSWERS, 1u);
  registration->state = DPS_SUBSCRIBING;
  registration->wanted = DPS_REGISTER;
  console_print("Provisioning Status: PROV_DEVICE_REG_STATUS_CONNECTED");
  await_answer(registration, now_ms);
}

/*
 * Quirk: the topic has the last packet id, and the message takes the next, which with QoS 0 nobody sees.
 * Quirk: the message is empty.
 */
static void ask(struct dps_registration *registration, uint64_t now_ms) {
  static char topic[AZURE_TOPIC_SIZE];
  const uint16_t rid = registration->ids.last;
  const bool fits = registration->sending == DPS_REGISTER
                        ? azure_register_topic(topic, sizeof topic, rid)
                        : azure_status_topic(topic, sizeof topic, rid, registration->operation_id);
  registration->sending = DPS_NO_REQUEST;
  if (!fits) {
    fail(registration, DPS_RESULT_ERROR);
    return;
  }
  sdk_publish(topic, "", 0u, sdk_next_packet_id(&registration->ids));
  await_answer(registration, now_ms);
}

static void handle_answer(struct dps_registration *registration) {
  struct dps_answer *answer = &registration->answer;
  registration->deadline_ms = 0u;
  switch (answer->outcome) {
    case DPS_PUT_OFF:
      registration->wanted = registration->awaited;
      break;
    case DPS_ASSIGNING:
      /* Quirk: the first operation id stays. */
      if (registration->operation_id[0] == '\0') {
        memcpy(registration->operation_id, answer->operation_id, sizeof registration->operation_id);
      }
      registration->wanted = DPS_POLL;
      console_print("Provisioning Status: PROV_DEVICE_REG_STATUS_ASSIGNING");
      break;
    case DPS_ASSIGNED:
      registration->state = DPS_DONE;
      break;
    case DPS_REFUSED:
    default:
      fail(registration, answer->result);
      break;
  }
}

/* The client's part of a turn. */
static void decide(struct dps_registration *registration, uint64_t now_ms) {
  const uint64_t due_ms = registration->reference_ms + PROFILE.azure->dps_poll_ms;
  const bool is_poll = registration->wanted == DPS_POLL;
  if (registration->wanted == DPS_NO_REQUEST) return;
  if (is_poll && now_ms >= registration->reference_ms && now_ms < due_ms) return;
  if (is_poll) registration->reference_ms = now_ms;
  registration->awaited = registration->wanted;
  registration->sending = registration->wanted;
  registration->wanted = DPS_NO_REQUEST;
}

/* The transport's part of a turn. */
static void transport(struct dps_registration *registration, uint64_t now_ms) {
  const bool answered = registration->answered;
  if (registration->turn_ended_in == DPS_CONNECTED) {
    subscribe(registration, now_ms);
  } else if (registration->state == DPS_SUBSCRIBED) {
    registration->answered = false;
    if (answered) handle_answer(registration);
    else if (registration->sending != DPS_NO_REQUEST) ask(registration, now_ms);
  }
}

static bool is_over(const struct dps_registration *registration) {
  return registration->state == DPS_DONE || registration->state == DPS_FAILED;
}

void dps_registration_turn(struct dps_registration *registration, uint64_t now_ms) {
  if (registration->refused) {
    fail(registration, registration->result);
  } else if (registration->deadline_ms != 0u && now_ms >= registration->deadline_ms) {
    fail(registration, DPS_RESULT_TIMEOUT);
  } else {
    transport(registration, now_ms);
  }
  if (!is_over(registration)) decide(registration, now_ms);
  registration->turn_ended_in = registration->state;
}
