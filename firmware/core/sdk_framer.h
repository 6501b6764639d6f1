/* A stream of bytes cut into MQTT packets, wherever its records begin and end. */
#ifndef SDK_FRAMER_H
#define SDK_FRAMER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Ours: the original takes what its heap has room for. Of a longer packet the beginning is kept. Answers of the DPS
 * have some 1,500 bytes; of a message of the hub, which may be long, nobody reads more than the topic.
 */
#define SDK_PACKET_KEPT 8192u
/* Ours: a longer packet is a malformed stream. */
#define SDK_PACKET_LIMIT (128u * 1024u)

struct sdk_framer {
  uint8_t packet[SDK_PACKET_KEPT];
  size_t received; /* bytes of the packet that begins `packet` */
  size_t header; /* length of its fixed header; 0 before that has ended */
  size_t length; /* of the whole packet, when the header has ended */
};

enum sdk_framing { SDK_NEEDS_MORE, SDK_PACKET, SDK_MALFORMED };

void sdk_framer_reset(struct sdk_framer *framer);

/*
 * Takes bytes up to the end of a packet, and says how many in `taken`. With SDK_PACKET there is a whole one, of which
 * the first `sdk_framer_kept` bytes are in `packet`, until the next call.
 */
enum sdk_framing sdk_framer_push(struct sdk_framer *framer, const uint8_t *bytes, size_t length, size_t *taken);

size_t sdk_framer_kept(const struct sdk_framer *framer);

#endif
