#include "mqtt_outbox.h"

#include <string.h>

#include "profile.h"

void mqtt_outbox_clear(struct mqtt_outbox *outbox) { memset(outbox, 0, sizeof *outbox); }

static void remove_entry(struct mqtt_outbox *outbox, size_t index) {
  outbox->count--;
  memmove(&outbox->entries[index], &outbox->entries[index + 1u], (outbox->count - index) * sizeof outbox->entries[0]);
}

/* Drops what has expired, then the oldest until the rest fits. */
static void discard(struct mqtt_outbox *outbox, uint64_t now_ms) {
  uint32_t bytes = 0;
  for (size_t i = 0; i < outbox->count; i++) bytes += outbox->entries[i].bytes;
  while (outbox->count > 0u) {
    const struct mqtt_outbox_entry *oldest = &outbox->entries[0];
    if (now_ms - oldest->at_ms <= PROFILE.mqtt.outbox_expiry_ms && bytes <= PROFILE.mqtt.outbox_max_bytes) return;
    bytes -= oldest->bytes;
    remove_entry(outbox, 0);
  }
}

static bool is_of(const struct mqtt_outbox_entry *entry, enum mqtt_type type, uint16_t id) {
  return entry->type == (uint8_t)type && entry->id == id;
}

void mqtt_outbox_begin(struct mqtt_outbox *outbox, enum mqtt_writer writer, enum mqtt_type type, uint16_t id,
                       size_t bytes) {
  const struct mqtt_outbox_entry entry = {0, (uint32_t)bytes, id, (uint8_t)type};
  outbox->writing[writer] = entry;
  outbox->state[writer] = MQTT_WRITING;
}

void mqtt_outbox_end(struct mqtt_outbox *outbox, enum mqtt_writer writer, bool written, uint64_t now_ms) {
  /* The connection may have ended meanwhile, which emptied the outbox. */
  const bool is_in = written && outbox->state[writer] != MQTT_NOT_WRITING;
  const bool waits = outbox->state[writer] == MQTT_WRITING;
  outbox->state[writer] = MQTT_NOT_WRITING;
  if (!is_in) return;
  /* Quirk: the last packet sent waits outside the outbox, where nothing expires; the next one moves it in. */
  if (outbox->has_last) {
    if (outbox->count == MQTT_OUTBOX_ENTRIES) remove_entry(outbox, 0);
    outbox->last.at_ms = now_ms;
    outbox->entries[outbox->count++] = outbox->last;
  }
  outbox->last = outbox->writing[writer];
  outbox->has_last = waits;
  discard(outbox, now_ms);
}

bool mqtt_outbox_take(struct mqtt_outbox *outbox, enum mqtt_type type, uint16_t id, uint64_t now_ms) {
  discard(outbox, now_ms);
  for (size_t i = 0; i < outbox->count; i++) {
    if (is_of(&outbox->entries[i], type, id)) {
      remove_entry(outbox, i);
      return true;
    }
  }
  if (outbox->has_last && is_of(&outbox->last, type, id)) {
    outbox->has_last = false;
    return true;
  }
  for (size_t writer = 0; writer < MQTT_WRITERS; writer++) {
    if (outbox->state[writer] == MQTT_WRITING && is_of(&outbox->writing[writer], type, id)) {
      outbox->state[writer] = MQTT_WRITING_ACKNOWLEDGED;
      return true;
    }
  }
  return false;
}
