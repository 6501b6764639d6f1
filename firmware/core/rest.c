#include "rest.h"

#include "port.h"

/* port_ending is looked at this often. */
#define LOOK_MS 1000u

bool rest_ms(uint32_t ms) {
  const uint64_t until = port_time_ms() + ms;
  for (;;) {
    const uint64_t now = port_time_ms();
    if (port_ending()) return false;
    if (now >= until) return true;
    const uint64_t left = until - now;
    port_sleep_ms(left < LOOK_MS ? (uint32_t)left : LOOK_MS);
  }
}
