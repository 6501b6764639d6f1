#include "boot.h"
#include "console.h"
#include "profile.h"

/* The original firmware's; a build with another ESP-IDF says which. */
#ifndef CONSOLE_IDF_VERSION
#define CONSOLE_IDF_VERSION "v3.3"
#endif

void boot_banner(const struct device_settings *settings) {
  console_log('I', "ECC608", "[APP] Startup..");
  /* Quirk: the firmware for Azure, made from the other one, has lost this line. */
  if (PROFILE.azure == NULL) console_free_memory();
  console_log('I', "ECC608", "[APP] IDF version: %s", CONSOLE_IDF_VERSION);
  console_free_heap();
  console_log('I', "ECC608", "Setting WiFi configuration SSID %s...", settings->ssid);
}
