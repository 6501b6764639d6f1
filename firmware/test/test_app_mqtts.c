/* The whole program, with the chip's part left out: order on the console, and what it hands its task. */
#include "bme280_part.h"

#include "../core/app.h"
#include "../core/boot.h"
#include "../core/console.h"
#include "../core/credentials.h"
#include "check.h"
#include "fake_port.h"

static int sysinit;
static uint64_t ends_us;
static unsigned tasks;
static struct port_tls_peer dialled;
static void (*task)(void *);
static char client_id[13];

bool port_ending(void) { return fake_time_us >= ends_us; }

int boot_sysinit(uint8_t serial[9]) {
  memset(serial, 0, 9);
  console_print("(sysinit)");
  return sysinit;
}

int credentials_load(struct credentials *credentials, const char *common_name) {
  (void)credentials;
  console_print("(credentials of %s)", common_name);
  return 0;
}

enum port_tls_error port_tls_connect(const struct port_tls_peer *peer) {
  dialled = *peer;
  return PORT_TLS_OK;
}

int port_tls_write(const uint8_t *bytes, size_t length, uint32_t timeout_ms) {
  (void)timeout_ms;
  CHECK_EQUAL(26, length);
  memcpy(client_id, bytes + 14, 12); /* behind fixed header, protocol, flags, keep-alive and length */
  return -1;
}

void port_start_task(void (*run)(void *), void *context, size_t stack_bytes) {
  (void)context;
  tasks++;
  task = run;
  CHECK_EQUAL(6144, stack_bytes);
}

static const struct device_settings SETTINGS = {
  .broker_host = "broker.test",
  .broker_port = 8883,
  .ssid = "emu",
  .common_name = "0123f1d0e2a4b6c8ee",
  .mac_tail = {0xb4, 0xe6, 0xa1},
};

static int run(const struct device_settings *settings) {
  fake_port_reset();
  part_new("6c6e77663200a89227d5d00b6f18cafff9ffac260ad8bd10004b", "650100140b001e", "553380817fb07913");
  ends_us = 50000;
  tasks = 0;
  return app_mqtts_run(settings);
}

#define HEAP "Free Heap Size 8bit = 128120\nFree Heap Size 32bit = 190296\n"

static void boots(void) {
  check_case("from power-up to the first sample, which is lost before there is a connection");
  CHECK_EQUAL(0, run(&SETTINGS));
  CHECK_TEXT("I (0) ECC608: [APP] Startup..\n"
             "I (0) ECC608: [APP] Free memory: 190296 bytes\n"
             "I (0) ECC608: [APP] IDF version: v3.3\n" HEAP
             "I (0) ECC608: Setting WiFi configuration SSID emu...\n"
             "(sysinit)\n" HEAP
             "I (0) ECC608: [APP] Free memory: 190296 bytes\n"
             "mqtts://broker.test:8883\n" HEAP
             "I (40) ECC608: Stack remaining for task 'main' is 1904 bytes\n"
             "E (40) MQTT_CLIENT: Client has not connected\n",
             fake_console);
  CHECK_EQUAL(1, tasks);

  check_case("the task connects to the broker with the certificates of this device");
  fake_port_reset();
  ends_us = 1;
  task(NULL);
  CHECK_EQUAL(0, strncmp(fake_console, "(credentials of 0123f1d0e2a4b6c8ee)\n", 36));
  CHECK_TEXT("broker.test", dialled.host);
  CHECK_EQUAL(8883, dialled.port);
  CHECK_EQUAL(10000, dialled.tcp_timeout_ms);
  CHECK_EQUAL(10000, dialled.handshake_timeout_ms);
  CHECK_EQUAL(2, dialled.certificate_count);

  check_case("Quirk: in the client id the first byte of the MAC address is lower-case, the others upper-case");
  CHECK_TEXT("ESP32_b4E6A1", client_id);
  struct device_settings other = SETTINGS;
  memcpy(other.mac_tail, "\x0a\x0b\xff", 3);
  CHECK_EQUAL(0, run(&other));
  fake_port_reset();
  ends_us = 1;
  task(NULL);
  CHECK_TEXT("ESP32_0a0BFF", client_id);

  check_case("an IPv6 address is in brackets");
  struct device_settings settings = SETTINGS;
  settings.broker_host = "::1";
  CHECK_EQUAL(0, run(&settings));
  CHECK(strstr(fake_console, "\nmqtts://[::1]:8883\n") != NULL);

  check_case("without its chip it does not go on");
  sysinit = -1;
  CHECK(run(&SETTINGS) != 0);
  CHECK_EQUAL(0, tasks);
  CHECK_TEXT("", part_said);
}

int main(void) {
  boots();
  return check_end("app_mqtts");
}
