/* The trial of a hub, packet by packet. */
#include "../core/hub_trial.h"
#include "azure_peer.h"

static const struct device_settings SETTINGS = {.broker_host = DPS, .broker_port = 8883};

#define CONNECT_PACKET \
  "10 bf01 0004 'MQTT' 04 80 00f0 0012 '" ID "' 009f '" HUB "/" ID \
  "/?api-version=2017-11-08-preview" \
  "&DeviceClientType=iothubclient%2f1.2.14%20(native%3b%20freertos%3b%20esp%20platform)'"
#define SUBSCRIBE_PACKET "82 36 0002 0031 'devices/" ID "/messages/devicebound/#' 01"
#define MESSAGE(id, index) "32 48 002b 'devices/" ID "/messages/events/' " id " '{ \"message_index\" : \"" index "\" }'"

static const char ACCEPTED_1[] = "IoTHubClient_LL_SendEventAsync accepted message [1] for transmission to IoT Hub.\n";
static const char ACCEPTED_2[] = "IoTHubClient_LL_SendEventAsync accepted message [1] for transmission to IoT Hub.\n"
                                 "IoTHubClient_LL_SendEventAsync accepted message [2] for transmission to IoT Hub.\n";

static void set_up(void (*answer)(const uint8_t *packet, size_t length)) {
  peer_reset();
  peer.answer = answer;
  peer.end_ms = 10000000;
}

static void run(void) { hub_trial_run(&SETTINGS, HUB, ID); }

static void without_suback(const uint8_t *packet, size_t length) {
  if (packet[0] != 0x82) peer_obey(packet, length);
}

static void whole(void) {
  check_case("subscribes and sends without waiting for SUBACK, the second message 3 s after the first; 2.5 s to leave");
  set_up(without_suback);
  run();
  CHECK_EQUAL(5, peer.packet_count);
  peer_expect(0, 1, 0, CONNECT_PACKET);
  peer_expect(1, 1, 0, SUBSCRIBE_PACKET);
  peer_expect(2, 1, 0, MESSAGE("0003", "0"));
  peer_expect(3, 1, 3000, MESSAGE("0004", "1"));
  peer_expect(4, 1, 3000, "e000");
  CHECK_EQUAL(5500, peer.closed_ms);
  CHECK_TEXT(ACCEPTED_2, fake_console);
  CHECK_TEXT("KC", chip.log);
  CHECK_TEXT(HUB, peer.host);
  CHECK_EQUAL(8883, peer.port);
  check_case("the device id of the DPS");
  set_up(peer_obey);
  hub_trial_run(&SETTINGS, HUB, "pump-17");
  peer_expect(2, 1, 0, "32 3d 0020 'devices/pump-17/messages/events/' 0003 '{ \"message_index\" : \"0\" }'");
}

static void with_message(const uint8_t *packet, size_t length) {
  peer_obey(packet, length);
  if (packet[0] == 0x82) peer_send("32 06 0001 't' 0007 'x'");
}

/* 9,000 bytes of it, of which the client keeps 8,192. */
static void with_long_message(const uint8_t *packet, size_t length) {
  static const uint8_t BODY[9000];
  peer_obey(packet, length);
  if (packet[0] != 0x82) return;
  peer_send("32 ad46 0001 't' 0007");
  peer_send_bytes(BODY, sizeof BODY);
}

static void before_connack(const uint8_t *packet, size_t length) {
  (void)length;
  if (packet[0] == 0x10) peer_send("30 03 0001 't'");
}

static void with_message_instead_of_puback(const uint8_t *packet, size_t length) {
  if (packet[0] != 0x32) with_message(packet, length);
}

static void messages(void) {
  static char console[512];
  (void)snprintf(console, sizeof console, "%sStop message recieved from IoTHub\n", ACCEPTED_1);
  check_case("any message of the hub ends it, and is acknowledged before DISCONNECT");
  set_up(with_message);
  run();
  CHECK_EQUAL(5, peer.packet_count);
  peer_expect(2, 1, 0, MESSAGE("0003", "0"));
  peer_expect(3, 1, 0, "40 02 0007");
  peer_expect(4, 1, 0, "e000");
  CHECK_EQUAL(2500, peer.closed_ms);
  CHECK_TEXT(console, fake_console);
  check_case("a long message too");
  set_up(with_long_message);
  run();
  CHECK_EQUAL(5, peer.packet_count);
  peer_expect(3, 1, 0, "40 02 0007");
  check_case("it ends the sending, and what is not acknowledged is still waited for");
  set_up(with_message_instead_of_puback);
  run();
  CHECK_EQUAL(6, peer.packet_count);
  peer_expect(4, 1, 61000, MESSAGE("0003", "0"));
  peer_expect(5, 1, 122000, "e000");
  check_case("a message before CONNACK: no session, no DISCONNECT");
  set_up(before_connack);
  run();
  CHECK_EQUAL(1, peer.packet_count);
  CHECK_EQUAL(2500, peer.closed_ms);
}

static void without_puback(const uint8_t *packet, size_t length) {
  if (packet[0] != 0x32) peer_obey(packet, length);
}

static unsigned seen;

static void late_puback(const uint8_t *packet, size_t length) {
  if (packet[0] == 0x32) seen++;
  if (packet[0] != 0x32 || seen > 2) peer_obey(packet, length);
}

static void repeats(void) {
  check_case("Quirk: sent again after 61 s, with its id and without the flag DUP; then the trial is given up");
  set_up(without_puback);
  run();
  CHECK_EQUAL(7, peer.packet_count);
  peer_expect(2, 1, 0, MESSAGE("0003", "0"));
  peer_expect(3, 1, 3000, MESSAGE("0004", "1"));
  peer_expect(4, 1, 61000, MESSAGE("0003", "0"));
  peer_expect(5, 1, 64000, MESSAGE("0004", "1"));
  peer_expect(6, 1, 122000, "e000");
  CHECK_EQUAL(122000, peer.closed_ms);
  check_case("acknowledged when it was sent again");
  seen = 0;
  set_up(late_puback);
  run();
  CHECK_EQUAL(7, peer.packet_count);
  peer_expect(5, 1, 64000, MESSAGE("0004", "1"));
  peer_expect(6, 1, 64000, "e000");
  CHECK_EQUAL(66500, peer.closed_ms);
}

static const char *connack;

static void only_connack(const uint8_t *packet, size_t length) {
  (void)length;
  if (packet[0] == 0x10) peer_send(connack);
}

static void hang_up_after_connack(const uint8_t *packet, size_t length) {
  (void)length;
  if (packet[0] == 0x10) {
    peer_send("20020000");
    peer.hangs_up = true;
  }
}

static void failures(void) {
  check_case("CONNACK 5, and nothing behind it counts");
  connack = "20020005 20020000 30030001 't'";
  set_up(only_connack);
  run();
  CHECK_EQUAL(1, peer.packet_count);
  CHECK_EQUAL(0, peer.closed_ms);
  CHECK(!peer.open);
  CHECK_TEXT("", fake_console);
  check_case("no CONNACK");
  connack = "";
  set_up(only_connack);
  run();
  CHECK_EQUAL(1, peer.packet_count);
  CHECK_EQUAL(30000, peer.closed_ms);
  check_case("a second CONNACK is not heard");
  connack = "20020000 20020005 20020000";
  set_up(only_connack);
  peer.end_ms = 1000;
  run();
  CHECK_EQUAL(4, peer.packet_count);
  peer_expect(3, 1, 1000, "e000");
  check_case("closed after CONNACK: what was sent is lost");
  set_up(hang_up_after_connack);
  run();
  CHECK_EQUAL(3, peer.packet_count);
  CHECK_EQUAL(0, peer_now());
  CHECK(!peer.open);
  check_case("no MQTT");
  connack = "20020000 ffffffffff";
  set_up(only_connack);
  run();
  CHECK_EQUAL(3, peer.packet_count);
  CHECK_EQUAL(0, peer_now());
  check_case("no connection");
  set_up(peer_obey);
  peer.error = PORT_TLS_HANDSHAKE;
  run();
  CHECK_EQUAL(0, peer.packet_count);
  check_case("no certificates");
  set_up(peer_obey);
  chip.credentials_result = ATECC_TIMEOUT;
  run();
  CHECK_EQUAL(0, peer.connections);
  check_case("the program ends between two messages: DISCONNECT");
  set_up(peer_obey);
  peer.end_ms = 700;
  run();
  CHECK_EQUAL(4, peer.packet_count);
  CHECK_EQUAL(0xe0, peer.packets[3].bytes[0]);
  CHECK(peer.closed_ms <= 1500);
}

int main(void) {
  whole();
  messages();
  repeats();
  failures();
  return check_end("azure_trial");
}
