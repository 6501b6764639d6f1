/* One connection after the other: what is sent at which time, and what the console shows. */
#include "mqtt_bench.h"

#include "../core/profile.h"
#include "check.h"

#define OWN "2f45535033325f623445364131" /* /ESP32_b4E6A1 */
#define QOS0 "00182f746f7069632f716f7330" OWN /* /topic/qos0/ESP32_b4E6A1 */
#define QOS1 "00182f746f7069632f716f7331" OWN
#define CONNECT "101800044d51545404020078000c45535033325f623445364131"
#define DATA "301e" QOS0 "64617461"
#define DIAL "dial broker.test:8883\n"
#define CREDENTIALS "  . Set up the client credentials. ok\nMBEDTLS_SSL_VERIFY_REQUIRED\n"

static const char SCRIPT[] = "0 " DIAL "0 " CONNECT "\n0 821d1234" QOS0 "00\n0 821dfffe" QOS1 "01\n0 a21c0001" QOS1
                             "\n0 " DATA "\n0 " DATA "\n1000 close\n";

/* Draws that give the ids 1234, fffe and 0001. */
static void draw(void) {
  bench_random[0] = 0x1234;
  bench_random[1] = 0xfffe;
  bench_random[2] = 0x10000;
}

/* Nothing has been read yet in this process: the input buffer is as at power-up. */
static void no_connack(void) {
  check_case("no CONNACK within 10 s: the type of what the buffer holds, and a length of 0");
  bench_reset();
  bench_answers = false;
  bench_run(15000);
  CHECK_TEXT("0 " DIAL "0 " CONNECT "\n10000 close\n", bench_log);
  CHECK_TEXT(CREDENTIALS
             "I (0) MQTT_CLIENT: Sending MQTT CONNECT message, type: 1, id: 0000\n"
             "E (10000) MQTT_CLIENT: Invalid MSG_TYPE response: 0, read_len: 0\n"
             "I (10000) MQTT_CLIENT: Error MQTT Connected\n"
             "I (10000) MQTT_CLIENT: Reconnect after 10000 ms\n"
             "I (10000) ECC608: MQTT_EVENT_DISCONNECTED\n",
             fake_console);

  check_case("a CONNACK in the last millisecond");
  bench_reset();
  bench_answers = false;
  bench_record(9999, "20020000");
  bench_run(10000);
  CHECK(strstr(bench_log, "\n9999 821d0001") != NULL);
  bench_reset();
  bench_answers = false;
  bench_record(10001, "20020000");
  bench_run(11000);
  CHECK(strstr(fake_console, "E (10000) MQTT_CLIENT: Invalid MSG_TYPE response: 2, read_len: 0\n") != NULL);
}

static void script(void) {
  check_case("the script: three requests back to back, and a publish for each SUBACK");
  bench_reset();
  draw();
  bench_run(1000);
  CHECK_TEXT(SCRIPT, bench_log);
  CHECK_TEXT(CREDENTIALS
             "I (0) MQTT_CLIENT: Sending MQTT CONNECT message, type: 1, id: 0000\n"
             "I (0) ECC608: MQTT_EVENT_CONNECTED\n"
             "I (0) ECC608: sent subscribe successful, msg_id=4660\n"
             "I (0) ECC608: sent subscribe successful, msg_id=65534\n"
             "I (0) ECC608: sent unsubscribe successful, msg_id=1\n"
             "I (0) ECC608: MQTT_EVENT_SUBSCRIBED, msg_id=4660\n"
             "I (0) ECC608: sent publish successful, msg_id=0\n"
             "I (0) ECC608: MQTT_EVENT_SUBSCRIBED, msg_id=65534\n"
             "I (0) ECC608: sent publish successful, msg_id=0\n"
             "I (0) ECC608: MQTT_EVENT_UNSUBSCRIBED, msg_id=1\n",
             fake_console);

  check_case("a user name, where there is one");
  bench_reset();
  struct mqtt_task_settings settings = BENCH_SETTINGS;
  settings.client_id = "d";
  settings.user_name = "hub/d";
  bench_run_as(&settings, 1);
  CHECK(strstr(bench_log, "\n0 101400044d5154540482007800016400056875622f64\n") != NULL);

  check_case("packet ids are 32 bits modulo 65535, never 0");
  bench_reset();
  bench_random[0] = 65535;
  bench_random[1] = 0xffffffff;
  bench_random[2] = 65534;
  bench_random[3] = 65536;
  bench_run(1);
  CHECK(strstr(bench_log, "\n0 821dfffe" QOS0 "00\n0 821d0001" QOS1) != NULL);
}

/* The answer to CONNECT, and the lines from there to the announcement of a reconnect. */
static void refusal(const char *answer, const char *lines) {
  char expected[512];
  bench_reset();
  bench_answers = false;
  bench_record(0, answer);
  bench_run(1000);
  (void)snprintf(expected, sizeof expected,
                 CREDENTIALS "I (0) MQTT_CLIENT: Sending MQTT CONNECT message, type: 1, id: 0000\n%s"
                             "I (0) MQTT_CLIENT: Error MQTT Connected\n"
                             "I (0) MQTT_CLIENT: Reconnect after 10000 ms\nI (0) ECC608: MQTT_EVENT_DISCONNECTED\n",
                 lines);
  CHECK_TEXT(expected, fake_console);
  CHECK_TEXT("0 " DIAL "0 " CONNECT "\n0 close\n", bench_log);
}

static void refusals(void) {
  check_case("CONNACK with a code");
  refusal("20020001", "W (0) MQTT_CLIENT: Connection refused, bad protocol\n");
  refusal("20020002", "W (0) MQTT_CLIENT: Connection refused, Unknow reason\n");
  refusal("20020003", "W (0) MQTT_CLIENT: Connection refused, server unavailable\n");
  refusal("20020004", "W (0) MQTT_CLIENT: Connection refused, bad username or password\n");
  refusal("20020005", "W (0) MQTT_CLIENT: Connection refused, not authorized\n");
  refusal("200200ff", "W (0) MQTT_CLIENT: Connection refused, Unknow reason\n");

  check_case("something else for a CONNACK, or the beginning of one");
  refusal("d000", "E (0) MQTT_CLIENT: Invalid MSG_TYPE response: 13, read_len: 2\n");
  refusal("200200", "E (0) MQTT_CLIENT: Invalid MSG_TYPE response: 2, read_len: 3\n");
  refusal("90030001", "E (0) MQTT_CLIENT: Invalid MSG_TYPE response: 9, read_len: 4\n");

  check_case("Quirk: of the CONNACK only type and code are looked at");
  bench_reset();
  bench_answers = false;
  bench_record(0, "2f7fff00");
  bench_run(1000);
  CHECK(strstr(fake_console, "I (0) ECC608: MQTT_EVENT_CONNECTED\n") != NULL);

  check_case("a hang-up before the CONNACK");
  bench_reset();
  bench_answers = false;
  bench_hang_up(0);
  bench_run(1000);
  CHECK(strstr(fake_console, "type: 1, id: 0000\n"
                             "E (0) MQTT_CLIENT: Error network response\n"
                             "I (0) MQTT_CLIENT: Error MQTT Connected\n"
                             "I (0) MQTT_CLIENT: Reconnect after 10000 ms\n") != NULL);
}

static void reconnects(void) {
  check_case("15 s from an end to the next attempt, for ever and at the same pace");
  bench_reset();
  bench_refusal = PORT_TLS_NO_CONNECTION;
  bench_run(60000);
  CHECK_TEXT("0 " DIAL "15000 " DIAL "30000 " DIAL "45000 " DIAL, bench_log);
  CHECK(strstr(fake_console, CREDENTIALS "E (0) MQTT_CLIENT: Error transport connect\n"
                                         "I (0) MQTT_CLIENT: Reconnect after 10000 ms\n"
                                         "I (0) ECC608: MQTT_EVENT_DISCONNECTED\n" CREDENTIALS
                                         "E (15000) MQTT_CLIENT: Error transport connect\n") != NULL);

  check_case("certificates that cannot be rebuilt: no connection is tried");
  bench_reset();
  bench_credentials = 1;
  bench_run(16000);
  CHECK_TEXT("", bench_log);
  CHECK_TEXT("Failed to parse cert from device\n"
             "E (0) MQTT_CLIENT: Error transport connect\n"
             "I (0) MQTT_CLIENT: Reconnect after 10000 ms\n"
             "I (0) ECC608: MQTT_EVENT_DISCONNECTED\n"
             "Failed to parse cert from device\n"
             "E (15000) MQTT_CLIENT: Error transport connect\n"
             "I (15000) MQTT_CLIENT: Reconnect after 10000 ms\n"
             "I (15000) ECC608: MQTT_EVENT_DISCONNECTED\n",
             fake_console);

  check_case("a connection that ends comes back 15 s later, with its script");
  bench_reset();
  draw();
  bench_hang_up(7000);
  bench_run(22000);
  CHECK(strstr(bench_log, "22000 ") == NULL);
  bench_reset();
  bench_hang_up(7000);
  bench_run(22001);
  CHECK(strstr(bench_log, "\n22000 " DIAL "22000 " CONNECT "\n22000 821d0004" QOS0) != NULL);
  CHECK(strstr(fake_console, "E (7000) MQTT_CLIENT: Read error or end of stream\n"
                             "I (7000) MQTT_CLIENT: Reconnect after 10000 ms\n"
                             "I (7000) ECC608: MQTT_EVENT_DISCONNECTED\n" CREDENTIALS
                             "I (22000) MQTT_CLIENT: Sending MQTT CONNECT") != NULL);
}

static void sample_at_42_s(void) { CHECK_EQUAL(0, mqtt_task_publish("t", "x", 0)); }

static void keep_alive(void) {
  check_case("PINGREQ at the first look after more than 60 s, and again while PINGRESP comes");
  bench_reset();
  bench_run(130000);
  CHECK(strstr(bench_log, DATA "\n61000 c000\n122000 c000\n") != NULL);

  check_case("no PINGRESP before the next PINGREQ is due");
  bench_reset();
  bench_answers = false;
  bench_record(0, "20020000");
  bench_run(130000);
  CHECK(strstr(bench_log, "\n61000 c000\n122000 close\n") != NULL);
  CHECK(strstr(fake_console, "E (122000) MQTT_CLIENT: No PING_RESP, disconnected\n"
                             "I (122000) MQTT_CLIENT: Reconnect after 10000 ms\n") != NULL);

  check_case("counted from the last packet sent");
  bench_reset();
  bench_call(42000, sample_at_42_s);
  bench_run(110000);
  CHECK(strstr(bench_log, "\n42000 300400017478\n103000 c000\n") != NULL);

  check_case("looked at once a second, and whenever something has been read");
  bench_reset();
  bench_record(10300, "300400017478");
  bench_run(62000);
  CHECK(strstr(bench_log, "\n60300 c000\n") != NULL);

  check_case("exactly 60 s are not yet over");
  bench_reset();
  bench_record(60000, "300400017478");
  bench_run(62000);
  CHECK(strstr(bench_log, "\n61000 c000\n") != NULL);
  bench_reset();
  bench_record(60001, "300400017478");
  bench_run(62000);
  CHECK(strstr(bench_log, "\n60001 c000\n") != NULL);

  check_case("packets received do not count");
  bench_reset();
  for (uint64_t second = 1; second <= 61; second++) bench_record(second * 1000u, "300400017478");
  bench_run(62000);
  CHECK(strstr(bench_log, "\n61000 c000\n") != NULL);

  check_case("a new connection does not remember an unanswered ping");
  bench_reset();
  bench_answers = false;
  bench_record(0, "20020000");
  bench_hang_up(62000);
  bench_record(77000, "20020000");
  bench_run(140000);
  CHECK(strstr(bench_log, "\n61000 c000\n77000 dial") != NULL);
  CHECK(strstr(bench_log, "\n138000 c000\n") != NULL);
}

static void not_connected(void) {
  check_case("a publish without a connection is refused, not queued");
  bench_reset();
  bench_answers = false;
  bench_run(0);
  fake_console[0] = '\0';
  bench_ends_us = UINT64_MAX;
  CHECK_EQUAL(-1, mqtt_task_publish("t", "x", 0));
  CHECK_TEXT("E (0) MQTT_CLIENT: Client has not connected\n", fake_console);
}

static void publish_sizes(void) {
  static char text[1100];
  memset(text, 'x', sizeof text - 1u);
  /* Three bytes are kept for the fixed header; the topic takes three more of the 1024. */
  text[1018] = '\0';
  CHECK_EQUAL(0, mqtt_task_publish("t", text, 0));
  text[1018] = 'x';
  text[1019] = '\0';
  const size_t used = strlen(bench_log);
  CHECK_EQUAL(-1, mqtt_task_publish("t", text, 0));
  CHECK_EQUAL(used, strlen(bench_log));
  text[1019] = 'x';
  CHECK_EQUAL(-1, mqtt_task_publish("t", text, 0));
  CHECK_EQUAL(used, strlen(bench_log));
}

static void endings(void) {
  check_case("what is too large for the output buffer is refused");
  bench_reset();
  bench_call(100, publish_sizes);
  bench_run(1000);

  check_case("every wait ends within a second of the order to end");
  bench_reset();
  bench_answers = false; /* in the wait for the CONNACK */
  bench_run(3500);
  CHECK(fake_time_us <= 4500000u);
  CHECK(strstr(bench_log, "close") != NULL);
  bench_reset();
  bench_refusal = PORT_TLS_HANDSHAKE; /* in the gap */
  bench_run(3500);
  CHECK(fake_time_us <= 4500000u);
  bench_reset();
  bench_record(10, "30e907000174"); /* in the middle of a message */
  bench_run(3500);
  CHECK(fake_time_us <= 4500000u);
  CHECK(strstr(fake_console, "DISCONNECTED") == NULL);
}

int main(void) {
  no_connack();
  script();
  refusals();
  reconnects();
  keep_alive();
  not_connected();
  endings();
  return check_end("mqtt_task");
}
