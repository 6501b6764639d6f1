/*
 * A BME280 as its driver sees it: registers, a pointer and a soft reset, and what was said on its bus, a line for each
 * transfer. Included by one test, which it gives the functions of port.h.
 */
#ifndef BME280_PART_H
#define BME280_PART_H

#include <stdio.h>
#include <string.h>

#include "../core/port.h"

static uint8_t part_registers[256];
static uint8_t part_pointer;
static bool part_absent;
static int part_fails_from = -1; /* a read from this register is not acknowledged */
static char part_said[16384];

static void part_note(const char *what, uint8_t address, const uint8_t *bytes, size_t length, const char *end) {
  size_t used = strlen(part_said);
  used += (size_t)snprintf(part_said + used, sizeof part_said - used, "%s %02X", what, address);
  for (size_t i = 0; i < length; i++) {
    used += (size_t)snprintf(part_said + used, sizeof part_said - used, " %02X", bytes[i]);
  }
  (void)snprintf(part_said + used, sizeof part_said - used, "%s\n", end);
}

static void part_hex(uint8_t first, const char *hex) {
  uint8_t at = first;
  for (const char *digits = hex; digits[0] != '\0' && digits[1] != '\0'; digits += 2) {
    unsigned byte = 0;
    (void)sscanf(digits, "%2x", &byte);
    part_registers[at++] = (uint8_t)byte;
  }
}

/* Trimming values and one burst, asleep. */
static void part_new(const char *calib00, const char *calib26, const char *data) {
  memset(part_registers, 0, sizeof part_registers);
  part_registers[0xd0] = 0x60;
  part_hex(0x88, calib00);
  part_hex(0xe1, calib26);
  part_hex(0xf7, data);
  part_absent = false;
  part_fails_from = -1;
  part_said[0] = '\0';
}

bool port_i2c_write(enum port_bus bus, uint8_t address, const uint8_t *bytes, size_t length, bool stop) {
  if (bus != PORT_BUS_SENSOR || part_absent) {
    part_note("W", address, bytes, 0, " NACK");
    return false;
  }
  part_note("W", address, bytes, length, stop ? "" : " +");
  part_pointer = bytes[0];
  if (length == 2u && bytes[0] == 0xe0u && bytes[1] == 0xb6u) {
    part_registers[0xf2] = part_registers[0xf4] = part_registers[0xf5] = 0;
  } else if (length == 2u) {
    part_registers[bytes[0]] = bytes[1];
  }
  return true;
}

bool port_i2c_read(enum port_bus bus, uint8_t address, uint8_t *bytes, size_t length) {
  if (bus != PORT_BUS_SENSOR || part_absent) {
    part_note("R", address, bytes, 0, " NACK");
    return false;
  }
  for (size_t i = 0; i < length; i++) bytes[i] = part_registers[(part_pointer + i) & 0xffu];
  if (part_pointer == part_fails_from) {
    memset(bytes, 0x55, length);
    part_note("R", address, bytes, 0, " NACK");
    return false;
  }
  part_note("R", address, bytes, length, "");
  return true;
}

#endif
