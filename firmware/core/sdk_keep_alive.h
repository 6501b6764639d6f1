/* When the SDK's client sends PINGREQ, and how long it waits for PINGRESP. */
#ifndef SDK_KEEP_ALIVE_H
#define SDK_KEEP_ALIVE_H

#include <stdbool.h>
#include <stdint.h>

struct sdk_keep_alive {
  uint32_t period_ms; /* 0: none */
  bool begun, awaits_answer;
  uint64_t last_sent_ms, answer_due_ms;
};

enum sdk_ping { SDK_PING_NOT_DUE, SDK_PING_DUE, SDK_PING_UNANSWERED };

void sdk_keep_alive_reset(struct sdk_keep_alive *keep_alive, uint16_t seconds);

/* The session was accepted. */
void sdk_keep_alive_begin(struct sdk_keep_alive *keep_alive);

/* A packet was sent. */
void sdk_keep_alive_sent(struct sdk_keep_alive *keep_alive, uint64_t now_ms);

/* PINGRESP came. */
void sdk_keep_alive_answered(struct sdk_keep_alive *keep_alive);

/* What is to be done now. With SDK_PING_DUE the time for the answer begins. */
enum sdk_ping sdk_keep_alive_due(struct sdk_keep_alive *keep_alive, uint64_t now_ms);

/* `timeout_ms`, or less where something is due before. */
uint32_t sdk_keep_alive_limit(const struct sdk_keep_alive *keep_alive, uint64_t now_ms, uint32_t timeout_ms);

#endif
