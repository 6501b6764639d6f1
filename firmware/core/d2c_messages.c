#include "d2c_messages.h"

#include <stdio.h>
#include <string.h>

#include "profile.h"
#include "sdk_client.h"

/* A profile's trial has 100 messages at most. */
#define MESSAGE_LIMIT 101u
#define PAYLOAD_SIZE 32u

struct message {
  uint64_t due_ms;
  uint16_t id;
  uint8_t index;
  uint8_t sends; /* 0: the place is free */
};

static struct message messages[MESSAGE_LIMIT];
static const char *events_topic;

void d2c_begin(const char *topic) {
  memset(messages, 0, sizeof messages);
  events_topic = topic;
}

static void publish(struct message *message, uint64_t now_ms) {
  char payload[PAYLOAD_SIZE];
  message->sends++;
  message->due_ms = now_ms + PROFILE.azure->hub_resend_after_ms;
  (void)snprintf(payload, sizeof payload, "{ \"message_index\" : \"%u\" }", (unsigned)message->index);
  sdk_publish(events_topic, payload, 1u, message->id);
}

void d2c_send(uint16_t id, uint8_t index, uint64_t now_ms) {
  struct message *place = messages;
  while (place->sends > 0u && place < &messages[MESSAGE_LIMIT - 1u]) place++;
  *place = (struct message){.id = id, .index = index, .sends = 0u};
  publish(place, now_ms);
}

void d2c_acknowledged(uint16_t id) {
  for (size_t i = 0u; i < MESSAGE_LIMIT; i++) {
    if (messages[i].id == id) messages[i].sends = 0u;
  }
}

unsigned d2c_unacknowledged(void) {
  unsigned count = 0u;
  for (size_t i = 0u; i < MESSAGE_LIMIT; i++) {
    if (messages[i].sends > 0u) count++;
  }
  return count;
}

uint64_t d2c_due_ms(void) {
  uint64_t due_ms = UINT64_MAX;
  for (size_t i = 0u; i < MESSAGE_LIMIT; i++) {
    if (messages[i].sends > 0u && messages[i].due_ms < due_ms) due_ms = messages[i].due_ms;
  }
  return due_ms;
}

bool d2c_send_again(uint64_t now_ms) {
  for (size_t i = 0u; i < MESSAGE_LIMIT; i++) {
    struct message *message = &messages[i];
    if (message->sends == 0u || message->due_ms > now_ms) continue;
    if (message->sends >= PROFILE.azure->hub_resend_sends) return false;
    publish(message, now_ms);
  }
  return true;
}
