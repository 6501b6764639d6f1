/* The whole application, between stand-ins for the boot and for the client of the telemetry. */
#include "../core/app.h"
#include "../core/boot.h"
#include "../core/mqtt_task.h"
#include "../core/publish_loop.h"
#include "azure_peer.h"

#define ASSIGNING "{\"operationId\":\"" OPERATION "\",\"status\":\"assigning\"}"
#define ASSIGNED_TO(hub) \
  "{\"operationId\":\"" OPERATION "\",\"status\":\"assigned\",\"registrationState\":" \
  "{\"assignedHub\":\"" hub "\",\"deviceId\":\"" ID "\"}}"

static const struct device_settings SETTINGS = {.broker_host = DPS, .broker_port = 8883, .ssid = "emu"};

static int boot_result;
static struct mqtt_task_settings task;
static char loop_id[32];

void boot_banner(const struct device_settings *settings) { port_print(settings->ssid); }

int boot_sysinit(uint8_t serial[9]) {
  chip_log('B');
  memcpy(serial, chip.serial, 9);
  return boot_result;
}

void mqtt_task_start(const struct mqtt_task_settings *settings) {
  chip_log('M');
  task = *settings;
}

int mqtt_task_publish(const char *topic, const char *payload, uint8_t qos) {
  (void)topic, (void)payload, (void)qos;
  return -1;
}

void publish_loop_run(const char *client_id, int (*publish)(const char *topic, const char *payload, uint8_t qos)) {
  chip_log('L');
  CHECK(publish == mqtt_task_publish);
  (void)snprintf(loop_id, sizeof loop_id, "%s", client_id);
}

static const char *dps_answers[2];
static size_t requests;
static enum port_tls_error hub_error;

static void serve(const uint8_t *packet, size_t length) {
  peer_obey(packet, length);
  if (packet[0] == 0x30) peer_publish("$dps/registrations/res/200/?$rid=1", dps_answers[requests < 1 ? 0 : 1]);
  if (packet[0] == 0x30) requests++;
  if (packet[0] == 0xe0) peer.error = hub_error;
}

static void set_up(const char *first, const char *second) {
  peer_reset();
  boot_result = ATECC_OK;
  hub_error = PORT_TLS_OK;
  requests = 0;
  dps_answers[0] = first;
  dps_answers[1] = second;
  peer.answer = serve;
  peer.end_ms = 600000;
  memset(&task, 0, sizeof task);
}

#define HEAP "Free Heap Size 8bit = 128120\nFree Heap Size 32bit = 190296\n"
#define START "emu\n" HEAP "I (0) ECC608: Connected to AP success!\n"
#define BEGUN "Provisioning API Version: 1.2.14\nIothub API Version: 1.2.14\n"
#define CONNECTED "Provisioning Status: PROV_DEVICE_REG_STATUS_CONNECTED\n"
#define REGISTRATION(hub) \
  BEGUN ID "\n" CONNECTED "Provisioning Status: PROV_DEVICE_REG_STATUS_ASSIGNING\n" \
  "Registration Information received from service: " hub "!\n" ID "!\n"
#define TRIAL \
  "Creating IoTHub Device handle\n" ID "\n" \
  "Sending 1 messages to IoTHub every 2 seconds for 2 messages (Send any message to stop)\n"
#define MESSAGES \
  "IoTHubClient_LL_SendEventAsync accepted message [1] for transmission to IoT Hub.\n" \
  "IoTHubClient_LL_SendEventAsync accepted message [2] for transmission to IoT Hub.\n"
/* The end of the article's listing, to the letter. */
#define RECORD(hub) "Registering " hub " ...\nAzure IoT URL provisioning complete.\ndevice sn provisioning complete.\n"
#define TELEMETRY(hub, ms) \
  "Serial Number Strings" ID "\ndevices/" ID "/messages/devicebound/#\ndevices/" ID "/messages/events/\n" ID "\n" \
  hub "/" ID "/?api-version=2018-06-30\nmqtts://" hub ":8883\n" HEAP \
  "Client ID:" ID "\nUsername:" hub "/" ID "/?api-version=2018-06-30\n" \
  "I (" ms ") ECC608: [APP] Free memory: 190296 bytes\nmqtts://" hub ":8883\n"

#define CORP "testcorp.azure-devices.net"

static void whole(void) {
  uint8_t after[416];
  check_case("from the factory to telemetry, as the article has it");
  set_up(ASSIGNING, ASSIGNED_TO(CORP));
  CHECK_EQUAL(0, app_azure_run(&SETTINGS));
  CHECK_TEXT(START REGISTRATION(CORP) TRIAL MESSAGES RECORD(CORP) TELEMETRY(CORP, "6200"), fake_console);
  /* Boot, record; HSM and connection, twice; record, written and read; the telemetry's hooks do not initialise. */
  CHECK_TEXT("Br" "ISKC" "ISKC" "IwrSwr" "r" "kML", chip.log);
  CHECK_TEXT(CORP, task.host);
  CHECK_EQUAL(8883, task.port);
  CHECK_TEXT(ID, task.client_id);
  CHECK_TEXT(CORP "/" ID "/?api-version=2018-06-30", task.user_name);
  CHECK(task.common_name == NULL);
  CHECK_TEXT(ID, loop_id);
  /* The DPS closes at 600, the loop sleeps once more; two messages 3 s apart, and 2.5 s to leave. */
  CHECK_EQUAL(10, peer.packet_count);
  CHECK_EQUAL(700, peer.packets[5].at_ms);
  CHECK_EQUAL(6200, peer_now());
  memcpy(after, chip.slot8, sizeof after);

  check_case("a device that has its record");
  set_up(NULL, NULL);
  memcpy(chip.slot8, after, sizeof after);
  CHECK_EQUAL(0, app_azure_run(&SETTINGS));
  CHECK_TEXT(START TELEMETRY(CORP, "0"), fake_console);
  CHECK_TEXT("BrkML", chip.log);
  CHECK_EQUAL(0, peer.connections);
}

#define FAILED(result) \
  "Failure encountered on registration PROV_DEVICE_RESULT_" result "\nregistration failed!\nRegistering (null) ...\n"

static void stays_down(const char *console, const char *log) {
  CHECK_EQUAL(1, app_azure_run(&SETTINGS));
  CHECK_TEXT(console, fake_console);
  CHECK_TEXT(log, chip.log);
}

static void failures(void) {
  check_case("a registration that is refused: no trial, no record");
  set_up("{\"status\":\"disabled\"}", "");
  stays_down(START BEGUN ID "\n" CONNECTED FAILED("DISABLED"), "BrISKC");
  CHECK_EQUAL(0xff, chip.slot8[0]);
  check_case("no DPS");
  set_up("", "");
  peer.error = PORT_TLS_NO_ADDRESS;
  stays_down(START BEGUN ID "\n" FAILED("TRANSPORT"), "BrISKC");
  check_case("no chip");
  set_up("", "");
  boot_result = ATECC_NO_WAKE;
  stays_down("emu\n", "B");
  check_case("a chip that does not read its slot");
  set_up("", "");
  chip.read_result = 0x0f;
  stays_down(START, "Br");
  check_case("a chip that is gone when the HSM is made");
  set_up("", "");
  chip.init_result = ATECC_NO_WAKE;
  stays_down(START BEGUN, "BrI");
  check_case("a chip that is gone when the second HSM is made");
  set_up(ASSIGNING, ASSIGNED_TO(HUB));
  chip.good_inits = 1;
  chip.init_result = ATECC_NO_WAKE;
  stays_down(START REGISTRATION(HUB) "Creating IoTHub Device handle\n", "BrISKCI");
  check_case("a slot that is locked");
  set_up(ASSIGNING, ASSIGNED_TO(HUB));
  chip.write_result = 0x0f;
  stays_down(START REGISTRATION(HUB) TRIAL MESSAGES "Registering " HUB " ...\n"
             "write azureiot hub URL to slot8 failed with ret=0x00000244/r/nerror comparing Azure IoT URL\n"
             "write device sn to slot8 failed with ret=0x00000244/r/nerror comparing device sn\n",
             "BrISKCISKCIwrSwr");
  check_case("a record that reads back and does not count: the name begins like the device's");
  set_up(ASSIGNING, ASSIGNED_TO(ID ".net"));
  stays_down(START REGISTRATION(ID ".net") TRIAL MESSAGES RECORD(ID ".net"), "BrISKCISKCIwrSwrr");
}

static void goes_on(void) {
  check_case("Quirk: the record is written whatever came of the trial");
  set_up(ASSIGNING, ASSIGNED_TO(HUB));
  hub_error = PORT_TLS_NO_CONNECTION;
  CHECK_EQUAL(0, app_azure_run(&SETTINGS));
  CHECK_TEXT(START REGISTRATION(HUB) TRIAL RECORD(HUB) TELEMETRY(HUB, "700"), fake_console);
  check_case("a program that ends while it registers says nothing, and returns 0");
  set_up(ASSIGNING, ASSIGNING);
  peer.end_ms = 450;
  CHECK_EQUAL(0, app_azure_run(&SETTINGS));
  CHECK_TEXT("BrISKC", chip.log);
  CHECK(strstr(fake_console, "Failure") == NULL);
  check_case("in the trial: no record");
  set_up(ASSIGNING, ASSIGNED_TO(HUB));
  peer.end_ms = 1000;
  CHECK_EQUAL(0, app_azure_run(&SETTINGS));
  CHECK_TEXT("BrISKCISKC", chip.log);
}

int main(void) {
  whole();
  failures();
  goes_on();
  return check_end("azure_app");
}
