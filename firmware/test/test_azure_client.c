/* The SDK's MQTT client on its connection. */
#include "../core/sdk_client.h"
#include "azure_peer.h"

static unsigned events;
static struct sdk_event last;

static void handle(const struct sdk_event *event) {
  events++;
  last = *event;
}

static struct sdk_peer server = {
    .host = HUB, .port = 8883, .login = {ID, "user", true, 10}, .common_name = ID, .handle = handle};

static void open_with(void (*answer)(const uint8_t *packet, size_t length)) {
  peer_reset();
  events = 0;
  peer.answer = answer;
  CHECK(sdk_open(&server));
}

static void accept(const uint8_t *packet, size_t length) {
  (void)length;
  if (packet[0] == 0x10) peer_send("20020000");
}

/* Waits as its callers do. Returns when the connection was found lost, or `until_ms`. */
static uint64_t wait_until(uint64_t until_ms) {
  while (peer_now() < until_ms) {
    if (!sdk_wait((uint32_t)(until_ms - peer_now()))) return peer_now();
  }
  return until_ms;
}

static void pings(void) {
  check_case("PINGREQ when nothing was sent for the keep-alive, again and again while it is answered");
  open_with(peer_obey);
  CHECK_EQUAL(35000, wait_until(35000));
  CHECK_EQUAL(4, peer.packet_count);
  peer_expect(1, 1, 10000, "c000");
  peer_expect(2, 1, 20000, "c000");
  peer_expect(3, 1, 30000, "c000");
  check_case("whatever is sent puts it off");
  open_with(peer_obey);
  CHECK_EQUAL(4000, wait_until(4000));
  sdk_publish("t", "x", 0, 0);
  CHECK_EQUAL(20000, wait_until(20000));
  peer_expect(2, 1, 14000, "c000");
  check_case("no PINGRESP: the connection is lost after half the keep-alive and a second");
  open_with(accept);
  CHECK_EQUAL(16000, wait_until(60000));
  CHECK_EQUAL(16000, peer.closed_ms);
  CHECK_EQUAL(2, peer.packet_count);
  check_case("not before CONNACK");
  open_with(NULL);
  CHECK_EQUAL(60000, wait_until(60000));
  CHECK_EQUAL(1, peer.packet_count);
}

static void quality(void) {
  check_case("QoS 2 of a server: PUBREC, and PUBCOMP");
  open_with(accept);
  peer_send("34 05 0001 't' 0102 62 02 0102 50 02 0203");
  CHECK(sdk_wait(0));
  CHECK_EQUAL(2, events);
  CHECK_EQUAL(SDK_MESSAGE, last.type);
  peer_expect(1, 1, 0, "50 02 0102");
  peer_expect(2, 1, 0, "70 02 0102");
  peer_expect(3, 1, 0, "62 02 0203");
  check_case("behind a packet that is malformed nothing is heard");
  open_with(accept);
  peer_send("3000 3003 0001 't'");
  CHECK(!sdk_wait(0));
  CHECK_EQUAL(1, events);
  CHECK(!peer.open);
  check_case("a message that is too long to be sent costs the connection");
  static char text[1100];
  memset(text, 'x', sizeof text - 1);
  open_with(accept);
  sdk_publish("t", text, 0, 0);
  CHECK(!sdk_wait(0));
  check_case("a connection that takes nothing is lost");
  open_with(accept);
  peer.write_result = -1;
  sdk_subscribe(1, "t", 0);
  CHECK(!sdk_wait(0));
  CHECK(!peer.open);
}

static void leaving(void) {
  check_case("who was not accepted takes no leave");
  open_with(NULL);
  sdk_close();
  CHECK_EQUAL(1, peer.packet_count);
  CHECK(!peer.open);
  check_case("who was does, once");
  open_with(accept);
  CHECK(sdk_wait(0));
  sdk_leave();
  sdk_publish("t", "x", 0, 0);
  sdk_close();
  CHECK_EQUAL(2, peer.packet_count);
  peer_expect(1, 1, 0, "e000");
  check_case("a second CONNACK is not heard, whatever it says");
  open_with(accept);
  peer_send("20020000 20020005");
  CHECK(sdk_wait(0));
  CHECK_EQUAL(1, events);
  CHECK_EQUAL(0, last.code);
  check_case("a connection that is not there can be closed");
  peer_reset();
  peer.error = PORT_TLS_NO_ADDRESS;
  CHECK(!sdk_open(&server));
  sdk_close();
  CHECK_EQUAL(0, peer.packet_count);
}

int main(void) {
  pings();
  quality();
  leaving();
  return check_end("azure_client");
}
