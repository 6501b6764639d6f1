#include "sdk_keep_alive.h"

/* 80 s, or half the keep-alive where that is less, in whole seconds that must be exceeded. */
#define ANSWER_LIMIT_SECONDS 80u

void sdk_keep_alive_reset(struct sdk_keep_alive *keep_alive, uint16_t seconds) {
  keep_alive->period_ms = 1000u * (uint32_t)seconds;
  keep_alive->begun = false;
  keep_alive->awaits_answer = false;
}

void sdk_keep_alive_begin(struct sdk_keep_alive *keep_alive) { keep_alive->begun = keep_alive->period_ms > 0u; }

void sdk_keep_alive_sent(struct sdk_keep_alive *keep_alive, uint64_t now_ms) { keep_alive->last_sent_ms = now_ms; }

void sdk_keep_alive_answered(struct sdk_keep_alive *keep_alive) { keep_alive->awaits_answer = false; }

enum sdk_ping sdk_keep_alive_due(struct sdk_keep_alive *keep_alive, uint64_t now_ms) {
  if (!keep_alive->begun) return SDK_PING_NOT_DUE;
  if (keep_alive->awaits_answer && now_ms >= keep_alive->answer_due_ms) return SDK_PING_UNANSWERED;
  if (now_ms - keep_alive->last_sent_ms < keep_alive->period_ms) return SDK_PING_NOT_DUE;
  const uint32_t half = keep_alive->period_ms / 2000u;
  const uint32_t seconds = (half < ANSWER_LIMIT_SECONDS ? half : ANSWER_LIMIT_SECONDS) + 1u;
  keep_alive->awaits_answer = true;
  keep_alive->answer_due_ms = now_ms + 1000u * (uint64_t)seconds;
  return SDK_PING_DUE;
}

static uint32_t until(uint64_t due_ms, uint64_t now_ms, uint32_t timeout_ms) {
  if (due_ms <= now_ms) return 0u;
  return due_ms - now_ms < timeout_ms ? (uint32_t)(due_ms - now_ms) : timeout_ms;
}

uint32_t sdk_keep_alive_limit(const struct sdk_keep_alive *keep_alive, uint64_t now_ms, uint32_t timeout_ms) {
  if (!keep_alive->begun) return timeout_ms;
  const uint32_t limited_ms = until(keep_alive->last_sent_ms + keep_alive->period_ms, now_ms, timeout_ms);
  return keep_alive->awaits_answer ? until(keep_alive->answer_due_ms, now_ms, limited_ms) : limited_ms;
}
