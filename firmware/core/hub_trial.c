#include "hub_trial.h"

#include "azure_console.h"
#include "azure_names.h"
#include "d2c_messages.h"
#include "port.h"
#include "profile.h"
#include "sdk_client.h"

/* How soon port_ending is noticed. */
#define LOOK_MS 500u

enum next { NOTHING, GIVE_UP, SEND, END };

static struct {
  struct sdk_packet_ids ids;
  unsigned accepted; /* messages that the client took */
  enum next next; /* what is to be done at `next_ms` */
  uint64_t next_ms;
  bool failed, ended;
} trial;

static char user_name[AZURE_USER_NAME_SIZE];
static char filter[AZURE_TOPIC_SIZE];
static char events_topic[AZURE_TOPIC_SIZE];

static void plan(enum next next, uint64_t at_ms) {
  trial.next = next;
  trial.next_ms = at_ms;
}

/* DISCONNECT, where there is a session, and nothing is heard any more. */
static void fail(void) {
  trial.failed = true;
  sdk_leave();
}

static void send_next(void) {
  const uint64_t now_ms = port_time_ms();
  const uint8_t index = (uint8_t)trial.accepted;
  trial.accepted++;
  azure_console_message_accepted(trial.accepted);
  d2c_send(sdk_next_packet_id(&trial.ids), index, now_ms);
  if (trial.accepted < PROFILE.azure->trial_messages) plan(SEND, now_ms + PROFILE.azure->trial_gap_ms);
  else plan(NOTHING, 0u);
}

static void begin(void) {
  sdk_subscribe(sdk_next_packet_id(&trial.ids), filter, 1u);
  send_next();
}

/* With the next turn: the acknowledgement of the hub's message comes first. */
static void end_when_acknowledged(void) {
  if (trial.accepted >= PROFILE.azure->trial_messages && d2c_unacknowledged() == 0u) plan(END, port_time_ms());
}

static void receive(const struct sdk_event *event) {
  switch (event->type) {
    case SDK_CONNACK:
      plan(NOTHING, 0u);
      if (event->code == 0u) begin();
      else fail();
      break;
    case SDK_PUBACK:
      d2c_acknowledged(event->id);
      end_when_acknowledged();
      break;
    case SDK_MESSAGE:
      azure_console_stop_message();
      plan(NOTHING, 0u);
      trial.accepted = PROFILE.azure->trial_messages;
      end_when_acknowledged();
      break;
    case SDK_SUBACK:
    default:
      break;
  }
}

static void act(void) {
  const enum next next = trial.next;
  plan(NOTHING, 0u);
  if (next == SEND) send_next();
  else if (next == END) trial.ended = true;
  else fail();
}

static void wait(uint64_t now_ms) {
  const uint64_t resend_ms = d2c_due_ms();
  uint64_t due_ms = now_ms + LOOK_MS;
  if (trial.next != NOTHING && trial.next_ms < due_ms) due_ms = trial.next_ms;
  if (resend_ms < due_ms) due_ms = resend_ms;
  if (!sdk_wait((uint32_t)(due_ms - now_ms))) trial.failed = true;
}

static void run(void) {
  plan(GIVE_UP, port_time_ms() + PROFILE.azure->hub_connack_timeout_ms);
  while (!trial.failed && !trial.ended && !port_ending()) {
    const uint64_t now_ms = port_time_ms();
    if (trial.next != NOTHING && trial.next_ms <= now_ms) act();
    else if (d2c_due_ms() > now_ms) wait(now_ms);
    else if (!d2c_send_again(now_ms)) fail();
  }
}

/* Quirk: after DISCONNECT the transport waits for an end of the connection that it does not notice any more. */
static void leave(void) {
  sdk_leave();
  if (trial.ended) port_sleep_ms(PROFILE.azure->trial_leave_ms);
  sdk_close();
}

void hub_trial_run(const struct device_settings *settings, const char *hub, const char *device_id) {
  const struct profile_azure *azure = PROFILE.azure;
  const struct sdk_peer peer = {.host = hub,
                                .port = AZURE_HUB_PORT,
                                .login = {device_id, user_name, false, azure->hub_keep_alive_seconds},
                                .common_name = settings->common_name,
                                .handle = receive};
  if (!azure_hub_user_name(user_name, sizeof user_name, hub, device_id, azure->hub_api_version,
                           azure->hub_client_type) ||
      !azure_device_bound_filter(filter, sizeof filter, device_id) ||
      !azure_events_topic(events_topic, sizeof events_topic, device_id)) {
    return;
  }
  /* The counter of the hub's transport begins at 1, and is raised before it is used. */
  trial.ids.last = 1u;
  trial.accepted = 0u;
  trial.failed = false;
  trial.ended = false;
  d2c_begin(events_topic);
  if (!sdk_open(&peer)) return;
  run();
  leave();
}
