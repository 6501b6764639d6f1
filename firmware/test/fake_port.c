#include "fake_port.h"

#include <stdio.h>
#include <string.h>

#include "../core/port.h"

uint64_t fake_time_us;
char fake_console[65536];

void fake_port_reset(void) {
  fake_time_us = 0;
  fake_console[0] = '\0';
}

#define WEAK __attribute__((weak))

WEAK bool port_i2c_write(enum port_bus bus, uint8_t address, const uint8_t *bytes, size_t length, bool stop) {
  (void)bus, (void)address, (void)bytes, (void)length, (void)stop;
  return false;
}

WEAK bool port_i2c_read(enum port_bus bus, uint8_t address, uint8_t *bytes, size_t length) {
  (void)bus, (void)address, (void)bytes, (void)length;
  return false;
}

WEAK void port_i2c_delay_us(enum port_bus bus, uint32_t us) {
  (void)bus;
  fake_time_us += us;
}

WEAK uint64_t port_time_ms(void) { return fake_time_us / 1000u; }

WEAK void port_sleep_ms(uint32_t ms) { fake_time_us += (uint64_t)ms * 1000u; }

WEAK uint32_t port_random(void) { return 1u; }

WEAK void port_print(const char *line) {
  const size_t used = strlen(fake_console);
  (void)snprintf(fake_console + used, sizeof fake_console - used, "%s\n", line);
}

WEAK void port_start_task(void (*run)(void *), void *context, size_t stack_bytes) {
  (void)run, (void)context, (void)stack_bytes;
}

WEAK void port_lock(void) {}

WEAK void port_unlock(void) {}

WEAK bool port_ending(void) { return false; }

WEAK enum port_tls_error port_tls_connect(const struct port_tls_peer *peer) {
  (void)peer;
  return PORT_TLS_NO_CONNECTION;
}

WEAK int port_tls_write(const uint8_t *bytes, size_t length, uint32_t timeout_ms) {
  (void)bytes, (void)length, (void)timeout_ms;
  return -1;
}

WEAK int port_tls_read(uint8_t *bytes, size_t size, uint32_t timeout_ms) {
  (void)bytes, (void)size, (void)timeout_ms;
  return -1;
}

WEAK void port_tls_close(void) {}
