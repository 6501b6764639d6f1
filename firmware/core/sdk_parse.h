/* What the SDK's client makes of a packet that a server sent. */
#ifndef SDK_PARSE_H
#define SDK_PARSE_H

#include "sdk_client.h"
#include "sdk_framer.h"

enum sdk_packet_kind {
  SDK_KIND_IGNORED,
  SDK_KIND_MALFORMED,
  SDK_KIND_CONNACK,
  SDK_KIND_PINGRESP,
  SDK_KIND_EVENT
};

struct sdk_packet {
  enum sdk_packet_kind kind;
  struct sdk_event event; /* of SDK_KIND_CONNACK and SDK_KIND_EVENT */
  uint8_t reply; /* the first byte of what acknowledges `event.id`; 0: nothing does */
};

/* Points into the framer's packet. */
struct sdk_packet sdk_parse(const struct sdk_framer *framer);

#endif
