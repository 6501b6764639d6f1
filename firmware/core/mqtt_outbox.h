/*
 * The packets that wait for an acknowledgement. The firmware sends none of them again: all that the outbox decides is
 * which acknowledgements it still knows.
 */
#ifndef MQTT_OUTBOX_H
#define MQTT_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mqtt_packet.h"

/* Bytes are limited by the profile, packets by this: the oldest makes room. */
#define MQTT_OUTBOX_ENTRIES 128u

struct mqtt_outbox_entry {
  uint64_t at_ms; /* when its successor moved it in */
  uint32_t bytes;
  uint16_t id;
  uint8_t type; /* MQTT_PUBLISH, MQTT_SUBSCRIBE or MQTT_UNSUBSCRIBE */
};

/* Whose packet it is. Each of the two tasks writes one at a time. */
enum mqtt_writer { MQTT_WRITER_CLIENT, MQTT_WRITER_APPLICATION, MQTT_WRITERS };

struct mqtt_outbox {
  struct mqtt_outbox_entry entries[MQTT_OUTBOX_ENTRIES]; /* the oldest first */
  size_t count;
  struct mqtt_outbox_entry last;
  bool has_last;
  /* While it is written, a packet is not in yet, but its acknowledgement may come already. */
  struct mqtt_outbox_entry writing[MQTT_WRITERS];
  enum { MQTT_NOT_WRITING, MQTT_WRITING, MQTT_WRITING_ACKNOWLEDGED } state[MQTT_WRITERS];
};

void mqtt_outbox_clear(struct mqtt_outbox *outbox);

/* A packet is about to be written; `end` puts it in when it was. */
void mqtt_outbox_begin(struct mqtt_outbox *outbox, enum mqtt_writer writer, enum mqtt_type type, uint16_t id,
                       size_t bytes);
void mqtt_outbox_end(struct mqtt_outbox *outbox, enum mqtt_writer writer, bool written, uint64_t now_ms);

/* Whether the acknowledgement is of something that waits; it waits no more. */
bool mqtt_outbox_take(struct mqtt_outbox *outbox, enum mqtt_type type, uint16_t id, uint64_t now_ms);

#endif
