/*
 * A registration at the DPS, packet by packet: bytes and times by hand from MQTT 3.1.1 and the documentation of the
 * SDK's loop.
 */
#include "../core/dps.h"
#include "azure_peer.h"

static const struct device_settings SETTINGS = {.broker_host = DPS, .broker_port = 8883};

#define ASSIGNING "{\"operationId\":\"" OPERATION "\",\"status\":\"assigning\"}"
#define ASSIGNED \
  "{\"operationId\":\"" OPERATION "\",\"status\":\"assigned\",\"registrationState\":" \
  "{\"assignedHub\":\"" HUB "\",\"deviceId\":\"" ID "\"}}"
#define DENIED "{\"errorCode\":401002,\"message\":\"Unauthorized\"}"

#define CONNECT_PACKET \
  "10 8001 0004 'MQTT' 04 82 0000 0012 '" ID "' 0060 " \
  "'0ne00000000/registrations/" ID "/api-version=2018-09-01-preview&ClientVersion=1.2.14'"
#define SUBSCRIBE_PACKET "82 1d 0001 0018 '$dps/registrations/res/#' 01"
#define REGISTER_PACKET(rid) "30 30 002e '$dps/registrations/PUT/iotdps-register/?$rid=" rid "'"
#define POLL_PACKET(rid) \
  "30 7f 007d '$dps/registrations/GET/iotdps-get-operationstatus/?$rid=" rid "&operationId=" OPERATION "'"

struct reply {
  unsigned status;
  const char *body; /* NULL: silence */
};

/* One for each request, and the last again and again. */
static const struct reply *replies;
static size_t reply_count, next_reply;

static void answer_request(const uint8_t *packet, size_t length) {
  char topic[64];
  peer_obey(packet, length);
  if (packet[0] != 0x30) return;
  const struct reply *reply = &replies[next_reply < reply_count ? next_reply : reply_count - 1];
  next_reply++;
  if (reply->body == NULL) return;
  (void)snprintf(topic, sizeof topic, "$dps/registrations/res/%u/?$rid=1&retry-after=3", reply->status);
  peer_publish(topic, reply->body);
}

static struct dps_registered registered;

static enum dps_end run(uint64_t created_ms, uint64_t end_ms) {
  next_reply = 0;
  peer.end_ms = end_ms == 0 ? 20000000 : end_ms;
  return dps_register(&SETTINGS, ID, created_ms, &registered);
}

static void script(const struct reply *of_requests, size_t count) {
  peer_reset();
  replies = of_requests;
  reply_count = count;
  peer.answer = answer_request;
}

#define REPLIES(...) ((const struct reply[]){__VA_ARGS__})
#define SCRIPT(...) script(REPLIES(__VA_ARGS__), sizeof REPLIES(__VA_ARGS__) / sizeof(struct reply))

static const char STATUSES[] =
    "Provisioning Status: PROV_DEVICE_REG_STATUS_CONNECTED\nProvisioning Status: PROV_DEVICE_REG_STATUS_ASSIGNING\n";

static void whole(void) {
  check_case("CONNECT, SUBSCRIBE, register, poll, DISCONNECT; the loop turns every 100 ms");
  SCRIPT({202, ASSIGNING}, {200, ASSIGNED});
  CHECK_EQUAL(DPS_END_ASSIGNED, run(0, 0));
  CHECK_TEXT(HUB, registered.hub);
  CHECK_TEXT(ID, registered.device_id);
  CHECK_EQUAL(5, peer.packet_count);
  peer_expect(0, 1, 0, CONNECT_PACKET);
  peer_expect(1, 1, 200, SUBSCRIBE_PACKET);
  peer_expect(2, 1, 300, REGISTER_PACKET("1"));
  peer_expect(3, 1, 500, POLL_PACKET("2"));
  peer_expect(4, 1, 600, "e000");
  CHECK_EQUAL(600, peer.closed_ms);
  CHECK_TEXT(STATUSES, fake_console);
  CHECK_TEXT("KC", chip.log);
  CHECK_TEXT(DPS, peer.host);
  CHECK_EQUAL(8883, peer.port);
  CHECK_EQUAL(10000, peer.tcp_timeout_ms);
  CHECK_EQUAL(10000, peer.handshake_timeout_ms);
  CHECK_EQUAL(2, peer.certificate_count);

  check_case("records of one byte");
  SCRIPT({202, ASSIGNING}, {200, ASSIGNED});
  peer.record_limit = 1;
  CHECK_EQUAL(DPS_END_ASSIGNED, run(0, 0));
  peer_expect(4, 1, 600, "e000");
}

static void turns(void) {
  check_case("turns count from the end of the handshake; the first poll is due 3 s after the client was made");
  SCRIPT({202, ASSIGNING}, {200, ASSIGNED});
  peer.connect_ms = 1234;
  CHECK_EQUAL(DPS_END_ASSIGNED, run(0, 0));
  peer_expect(0, 1, 1234, CONNECT_PACKET);
  peer_expect(1, 1, 1434, SUBSCRIBE_PACKET);
  peer_expect(2, 1, 1534, REGISTER_PACKET("1"));
  peer_expect(3, 1, 3134, POLL_PACKET("2"));
  peer_expect(4, 1, 3234, "e000");

  check_case("polls are 2 s apart, and go on for ever");
  SCRIPT({202, ASSIGNING});
  CHECK_EQUAL(DPS_END_STOPPED, run(0, 3600000));
  static const uint64_t TIMES[] = {0, 200, 300, 500, 2500, 4500, 6500, 8500};
  for (size_t i = 0; i < 8; i++) CHECK_EQUAL(TIMES[i], peer.packets[i].at_ms);
  CHECK(peer.packet_count > 1700);
  CHECK_EQUAL(0xe0, peer.packets[peer.packet_count - 1].bytes[0]);
  CHECK(!peer.open);

  check_case("Quirk: not before 3 s after the client was made, when it is more than a second old");
  SCRIPT({202, ASSIGNING});
  peer.connect_ms = 1000;
  CHECK_EQUAL(DPS_END_STOPPED, run(0, 9000));
  CHECK_EQUAL(1300, peer.packets[2].at_ms);
  CHECK_EQUAL(3100, peer.packets[3].at_ms);
  CHECK_EQUAL(5100, peer.packets[4].at_ms);

  check_case("a DPS that never answers CONNECT is waited for");
  peer_reset();
  CHECK_EQUAL(DPS_END_STOPPED, run(0, 10000000));
  CHECK_EQUAL(1, peer.packet_count);
}

static void put_off(void) {
  check_case("Quirk: a register request that is put off is repeated with the next turn");
  SCRIPT({429, "{}"}, {503, ""}, {429, "{}"}, {202, ASSIGNING}, {200, ASSIGNED});
  CHECK_EQUAL(DPS_END_ASSIGNED, run(0, 0));
  peer_expect(2, 1, 300, REGISTER_PACKET("1"));
  peer_expect(3, 1, 500, REGISTER_PACKET("2"));
  peer_expect(4, 1, 700, REGISTER_PACKET("3"));
  peer_expect(5, 1, 900, REGISTER_PACKET("4"));
  peer_expect(6, 1, 3100, POLL_PACKET("5"));

  check_case("a poll that is put off is repeated 2 s after it");
  SCRIPT({202, ASSIGNING}, {429, "{}"}, {429, "{}"}, {200, ASSIGNED});
  CHECK_EQUAL(DPS_END_ASSIGNED, run(0, 0));
  peer_expect(3, 1, 500, POLL_PACKET("2"));
  peer_expect(4, 1, 2500, POLL_PACKET("3"));
  peer_expect(5, 1, 4500, POLL_PACKET("4"));

  check_case("Quirk: the first operation id stays");
  SCRIPT({202, ASSIGNING}, {202, "{\"status\":\"assigning\",\"operationId\":\"another\"}"});
  CHECK_EQUAL(DPS_END_STOPPED, run(0, 3000));
  peer_expect(4, 1, 2500, POLL_PACKET("3"));
}

static void answer_twice(const uint8_t *packet, size_t length) {
  answer_request(packet, length);
  if (packet[0] == 0x30) peer_publish("$dps/registrations/res/202/?$rid=1", ASSIGNING);
}

static void answer_early(const uint8_t *packet, size_t length) {
  peer_obey(packet, length);
  if (packet[0] == 0x82) peer_publish("$dps/registrations/res/200/?$rid=1", ASSIGNED);
}

static void answer_anywhere(const uint8_t *packet, size_t length) {
  peer_obey(packet, length);
  if (packet[0] == 0x30) peer_publish("t", ASSIGNED);
}

static void answer_with_qos_1(const uint8_t *packet, size_t length) {
  peer_obey(packet, length);
  if (packet[0] == 0x30) peer_send("32 1f 0003 'a/b' 0007 '{\"status\":\"blacklisted\"}'");
}

static void unasked(void) {
  check_case("a second answer is taken like the first");
  SCRIPT({202, ASSIGNING});
  peer.answer = answer_twice;
  CHECK_EQUAL(DPS_END_STOPPED, run(0, 5000));
  static const uint64_t TIMES[] = {0, 200, 300, 500, 2500, 4500};
  for (size_t i = 0; i < 6; i++) CHECK_EQUAL(TIMES[i], peer.packets[i].at_ms);

  check_case("an answer between the decision to poll and its turn puts the poll off, and moves no turn");
  SCRIPT({202, ASSIGNING}, {0, NULL});
  peer.later = ASSIGNING;
  peer.later_ms = 450;
  CHECK_EQUAL(DPS_END_STOPPED, run(0, 3000));
  CHECK_EQUAL(5, peer.packet_count);
  peer_expect(3, 1, 2500, POLL_PACKET("2"));

  check_case("an answer before the request needs none");
  SCRIPT({200, ASSIGNED});
  peer.answer = answer_early;
  CHECK_EQUAL(DPS_END_ASSIGNED, run(0, 0));
  CHECK_EQUAL(3, peer.packet_count);
  peer_expect(2, 1, 300, "e000");

  check_case("Quirk: any topic will do");
  SCRIPT({200, ASSIGNED});
  peer.answer = answer_anywhere;
  CHECK_EQUAL(DPS_END_ASSIGNED, run(0, 0));

  check_case("an answer with QoS 1 is acknowledged when it comes, and handled in the turn");
  SCRIPT({200, ASSIGNED});
  peer.answer = answer_with_qos_1;
  CHECK_EQUAL(DPS_END_FAILED, run(0, 0));
  peer_expect(3, 1, 300, "40 02 0007");
  peer_expect(4, 1, 400, "e000");
  CHECK_EQUAL(DPS_RESULT_ERROR, registered.result);
}

static const char *connect_answer;

static void answer_connect(const uint8_t *packet, size_t length) {
  (void)length;
  if (packet[0] == 0x10) peer_send(connect_answer);
}

static const char *subscribe_answer;

static void answer_subscribe(const uint8_t *packet, size_t length) {
  if (packet[0] != 0x82) peer_obey(packet, length);
  else if (subscribe_answer == NULL) peer.hangs_up = true;
  else peer_send(subscribe_answer);
}

static void expect_failure(enum dps_result result, const char *last_packet, uint64_t at_ms) {
  CHECK_EQUAL(DPS_END_FAILED, run(0, 60000));
  CHECK_TEXT(dps_result_name(result), dps_result_name(registered.result));
  CHECK_EQUAL(at_ms, peer_now());
  CHECK(!peer.open);
  if (peer.packet_count > 0) peer_expect(peer.packet_count - 1, 1, at_ms, last_packet);
}

static void failures(void) {
  check_case("a refusal: DISCONNECT, and the end of the connection");
  SCRIPT({401, DENIED});
  expect_failure(DPS_RESULT_PARSING, "e000", 400);
  check_case("a refusal of a poll");
  SCRIPT({202, ASSIGNING}, {401, DENIED});
  expect_failure(DPS_RESULT_PARSING, "e000", 600);
  check_case("CONNACK 5: no DISCONNECT");
  peer_reset();
  peer.answer = answer_connect;
  connect_answer = "20020005";
  CHECK_EQUAL(DPS_END_FAILED, run(0, 60000));
  CHECK_EQUAL(DPS_RESULT_DEV_AUTH_ERROR, registered.result);
  CHECK_EQUAL(1, peer.packet_count);
  CHECK_EQUAL(100, peer.closed_ms);
  check_case("CONNACK 5, then 0: the first counts");
  peer_reset();
  peer.answer = answer_connect;
  connect_answer = "20020005 20020000";
  expect_failure(DPS_RESULT_DEV_AUTH_ERROR, "e000", 100);
  check_case("CONNACK 5, then a subscription that is refused: likewise");
  peer_reset();
  peer.answer = answer_connect;
  connect_answer = "20020005 9003000180";
  CHECK_EQUAL(DPS_END_FAILED, run(0, 60000));
  CHECK_EQUAL(DPS_RESULT_DEV_AUTH_ERROR, registered.result);
  check_case("no chip, no certificates");
  peer_reset();
  chip.credentials_result = ATECC_NO_WAKE;
  expect_failure(DPS_RESULT_TRANSPORT, "", 0);
  CHECK_EQUAL(0, peer.connections);
  check_case("no connection");
  peer_reset();
  peer.error = PORT_TLS_NO_CONNECTION;
  peer.connect_ms = 10000;
  expect_failure(DPS_RESULT_TRANSPORT, "", 10000);
  check_case("the subscription is refused");
  peer_reset();
  peer.answer = answer_subscribe;
  subscribe_answer = "9003000180";
  expect_failure(DPS_RESULT_TRANSPORT, "e000", 300);
  check_case("what answers is not MQTT");
  subscribe_answer = "ffffffffffff";
  peer_reset();
  peer.answer = answer_subscribe;
  expect_failure(DPS_RESULT_TRANSPORT, SUBSCRIBE_PACKET, 200);
  check_case("the DPS closes, which is noticed at once");
  subscribe_answer = NULL;
  peer_reset();
  peer.answer = answer_subscribe;
  expect_failure(DPS_RESULT_TRANSPORT, SUBSCRIBE_PACKET, 200);
  check_case("the DPS takes nothing");
  peer_reset();
  peer.write_result = 0;
  expect_failure(DPS_RESULT_TRANSPORT, "", 10000);
  check_case("the end of the program is no failure of the DPS");
  peer_reset();
  peer.error = PORT_TLS_NO_CONNECTION;
  peer.connect_ms = 10;
  CHECK_EQUAL(DPS_END_STOPPED, run(0, 10));
  peer_reset();
  peer.reads_end = true;
  CHECK_EQUAL(DPS_END_STOPPED, run(0, 250));
}

static void scope(void) {
  check_case("an id scope of the device's own");
  SCRIPT({401, DENIED});
  const struct device_settings settings = {
      .broker_host = DPS, .broker_port = 443, .id_scope = "0neB", .common_name = ID};
  next_reply = 0;
  CHECK_EQUAL(DPS_END_FAILED, dps_register(&settings, ID, 0, &registered));
  peer_expect(0, 1, 0, "10 79 0004 'MQTT' 04 82 0000 0012 '" ID "' 0059 "
                       "'0neB/registrations/" ID "/api-version=2018-09-01-preview&ClientVersion=1.2.14'");
  CHECK_TEXT("Kc", chip.log);
  CHECK_EQUAL(443, peer.port);
}

int main(void) {
  whole();
  turns();
  put_off();
  unasked();
  failures();
  scope();
  return check_end("azure_registration");
}
