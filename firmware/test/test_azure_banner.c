/* The firmware for Azure has one line less. */
#include "../core/boot.h"
#include "check.h"
#include "fake_port.h"

int main(void) {
  const struct device_settings settings = {.ssid = "emu"};
  check_case("Quirk: the firmware for Azure does not say how much memory is free");
  fake_port_reset();
  boot_banner(&settings);
  CHECK_TEXT("I (0) ECC608: [APP] Startup..\n"
             "I (0) ECC608: [APP] IDF version: v3.3\n"
             "Free Heap Size 8bit = 128120\n"
             "Free Heap Size 32bit = 190296\n"
             "I (0) ECC608: Setting WiFi configuration SSID emu...\n",
             fake_console);
  return check_end("azure_banner");
}
