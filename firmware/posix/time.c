#include "power_up.h"

#include <time.h>

#include "../core/port.h"
#include "ending.h"

static struct timespec began;

void time_begin(void) { (void)clock_gettime(CLOCK_MONOTONIC, &began); }

uint64_t port_time_ms(void) {
  struct timespec now;
  (void)clock_gettime(CLOCK_MONOTONIC, &now);
  const int64_t ms = (int64_t)(now.tv_sec - began.tv_sec) * 1000 + (now.tv_nsec - began.tv_nsec) / 1000000;
  return (uint64_t)ms;
}

void port_sleep_ms(uint32_t ms) { (void)ending_poll(-1, 0, ms); }
