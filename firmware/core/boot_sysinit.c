#include "atecc.h"
#include "boot.h"
#include "console.h"

/*
 * Initialisation and seven commands; then, if all went well, what they brought. Serial number and revision stay on one
 * line each.
 */
int boot_sysinit(uint8_t serial[9]) {
  uint8_t random[32];
  uint8_t revision[4];
  uint8_t config[128];
  int result = atecc_init();
  if (result == ATECC_OK) result = atecc_random(random);
  if (result == ATECC_OK) result = atecc_read_serial_number(serial);
  if (result == ATECC_OK) result = atecc_info(revision);
  if (result == ATECC_OK) result = atecc_read_config(config);
  if (result != ATECC_OK) return result;
  console_dump("Random Number:", random, sizeof random, 8);
  console_dump("Serial Number:", serial, 9, 9);
  console_dump("Revision Number:", revision, sizeof revision, sizeof revision);
  console_dump("Config Zone data:", config, sizeof config, 8);
  return ATECC_OK;
}
