/* Lines of the console, as the original firmware's log has them. */
#include <string.h>

#include "../core/boot.h"
#include "../core/console.h"
#include "check.h"
#include "fake_port.h"

static void lines(void) {
  check_case("ESP-IDF's log counts milliseconds from power-up");
  fake_port_reset();
  fake_time_us = 19600999;
  console_log('W', "MQTT_CLIENT", "Connection refused, %s", "not authorized");
  console_print("TOPIC=%.*s", 3, "abcd");
  CHECK_TEXT("W (19600) MQTT_CLIENT: Connection refused, not authorized\nTOPIC=abc\n", fake_console);

  check_case("a line is cut at its limit");
  static char text[2000];
  memset(text, 'x', sizeof text - 1u);
  fake_port_reset();
  console_print("%s", text);
  CHECK_EQUAL(CONSOLE_LINE_LIMIT, strlen(fake_console));
  fake_port_reset();
  console_log('I', "T", "%s", text);
  CHECK_EQUAL(CONSOLE_LINE_LIMIT, strlen(fake_console));
  fake_port_reset();
  console_log('I', text, "%d", 1);
  CHECK_TEXT("", fake_console);
}

static void dumps(void) {
  static const uint8_t BYTES[] = {0x01, 0x23, 0x9a, 0xbc, 0xde, 0xf0, 0x00, 0xff, 0xee};
  check_case("bytes are lower-case with a space behind each, eight in a line");
  fake_port_reset();
  console_dump("Random Number:", BYTES, sizeof BYTES, 8);
  CHECK_TEXT("Random Number:\n01 23 9a bc de f0 00 ff \nee \n", fake_console);

  check_case("or all in one");
  fake_port_reset();
  console_dump("Serial Number:", BYTES, sizeof BYTES, 9);
  CHECK_TEXT("Serial Number:\n01 23 9a bc de f0 00 ff ee \n", fake_console);

  check_case("none, and as many as a line takes");
  static uint8_t many[500];
  fake_port_reset();
  console_dump("None:", many, 0, 8);
  console_dump("Many:", many, sizeof many, 0);
  CHECK_EQUAL(strlen("None:\nMany:\n") + 3u * sizeof many + 2u, strlen(fake_console));
}

static void banner(void) {
  const struct device_settings settings = {.ssid = "emu"};
  check_case("app_main until the network is up");
  fake_port_reset();
  boot_banner(&settings);
  CHECK_TEXT("I (0) ECC608: [APP] Startup..\n"
             "I (0) ECC608: [APP] Free memory: 190296 bytes\n"
             "I (0) ECC608: [APP] IDF version: v3.3\n"
             "Free Heap Size 8bit = 128120\n"
             "Free Heap Size 32bit = 190296\n"
             "I (0) ECC608: Setting WiFi configuration SSID emu...\n",
             fake_console);
}

int main(void) {
  lines();
  dumps();
  banner();
  return check_end("console");
}
