#define _DEFAULT_SOURCE /* getrandom */
#include <sys/random.h>

#include "../core/port.h"

uint32_t port_random(void) {
  uint32_t bits = 0;
  /* Up to 256 bytes come whole, once the system has begun (getrandom(2)). */
  (void)getrandom(&bits, sizeof bits, 0);
  return bits;
}
