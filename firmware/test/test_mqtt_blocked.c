/* What becomes of writes while the broker takes nothing, and when there is no connection under them. */
#include "mqtt_bench.h"

#include "check.h"

#define BLOCKED "E (%lu) MQTT_CLIENT: Error write data or timeout, written len = %d\n"

static int result;

static void publish(void) { result = mqtt_task_publish("t", "x", 0); }
static void publish_qos_1(void) { result = mqtt_task_publish("t", "x", 1); }
static void cut_and_publish(void) {
  bench_open = false;
  result = mqtt_task_publish("t", "x", 1);
}

static bool shows(uint64_t ms, int written, const char *line) {
  char expected[200];
  const unsigned long at = (unsigned long)ms;
  (void)snprintf(expected, sizeof expected, BLOCKED "E (%lu) MQTT_CLIENT: %s\n", at, written, at, line);
  return strstr(fake_console, expected) != NULL;
}

static void block(uint64_t from_ms, uint64_t until_ms) {
  bench_blocked_from_us = from_ms * 1000u;
  bench_blocked_until_us = until_ms * 1000u;
}

static void telemetry(void) {
  check_case("a publish waits until the broker takes it");
  bench_reset();
  block(1000, 10999);
  bench_call(1000, publish);
  bench_run(11000);
  CHECK_EQUAL(0, result);
  CHECK(strstr(bench_log, "\n10999 300400017478\n") != NULL);

  check_case("or is given up after the network time-out, and the connection is kept");
  bench_reset();
  block(1000, 20000);
  bench_call(1000, publish);
  bench_record(20001, "300400017478");
  bench_run(21000);
  CHECK_EQUAL(-1, result);
  CHECK(shows(11000, 0, "Error to public data to topic=t, qos=0"));
  CHECK(strstr(bench_log, "300400017478") == NULL);
  CHECK(strstr(fake_console, "TOPIC=t\nDATA=x\n") != NULL);

  check_case("its acknowledgement is then not known");
  bench_reset();
  block(1000, 20000);
  bench_call(1000, publish_qos_1);
  bench_record(20000, "40020004");
  bench_run(21000);
  CHECK_EQUAL(-1, result);
  CHECK(strstr(fake_console, "PUBLISHED") == NULL);

  check_case("and is not sent when the connection has gone");
  bench_reset();
  bench_call(1000, cut_and_publish);
  bench_run(2000);
  CHECK_EQUAL(-1, result);
  CHECK(shows(1000, -1, "Error to public data to topic=t, qos=1"));
  CHECK(strstr(fake_console, "E (1000) MQTT_CLIENT: Read error or end of stream\n") != NULL);
}

static void script(void) {
  check_case("the script goes on without the steps that are not written");
  bench_reset();
  bench_answers = false;
  bench_record(1000, "20020000");
  block(1, 40000);
  bench_run(32000);
  CHECK(shows(11000, 0, "Error to subscribe topic=/topic/qos0/ESP32_b4E6A1, qos=0"));
  CHECK(shows(21000, 0, "Error to subscribe topic=/topic/qos1/ESP32_b4E6A1, qos=1"));
  CHECK(shows(31000, 0, "Error to unsubscribe topic=/topic/qos1/ESP32_b4E6A1"));
  CHECK(strstr(fake_console, "qos=0\nI (11000) ECC608: sent subscribe successful, msg_id=-1\n") != NULL);
  CHECK(strstr(fake_console, "I (31000) ECC608: sent unsubscribe successful, msg_id=-1\n") != NULL);
  CHECK(strstr(fake_console, "DISCONNECTED") == NULL);

  check_case("a publish on SUBACK too");
  bench_reset();
  bench_answers = false;
  bench_record(0, "20020000");
  bench_record(500, "9003000100");
  block(500, 40000);
  bench_run(12000);
  CHECK(shows(10500, 0, "Error to public data to topic=/topic/qos0/ESP32_b4E6A1, qos=0"));
  CHECK(strstr(fake_console, "I (10500) ECC608: sent publish successful, msg_id=-1\n") != NULL);
}

static void acknowledgements(void) {
  check_case("Quirk: an acknowledgement that could not be written is forgotten, without a word");
  bench_reset();
  block(1000, 20000);
  bench_record(1000, "3206000174abcd78");
  bench_record(2000, "300400017478"); /* not read meanwhile */
  bench_run(21000);
  CHECK(strstr(bench_log, "4002abcd") == NULL);
  CHECK(strstr(fake_console, "Error write") == NULL);
  CHECK(strstr(fake_console, "I (2000) MQTT_CLIENT: deliver_publish") == NULL);
  CHECK(strstr(fake_console, "I (11000) MQTT_CLIENT: deliver_publish") != NULL);
  CHECK(strstr(fake_console, "I (1000) ECC608: MQTT_EVENT_DATA\n") != NULL);

  check_case("it leaves late when the broker takes it in time, and counts as sent then");
  bench_reset();
  block(1000, 5000);
  bench_record(1000, "3206000174abcd78");
  bench_run(67000);
  CHECK(strstr(bench_log, "\n5000 4002abcd\n66000 c000\n") != NULL);
}

static void pings(void) {
  check_case("Quirk: only a PINGREQ that is not written in time ends the connection");
  bench_reset();
  block(1000, 75000);
  bench_run(71001);
  CHECK(strstr(bench_log, "\n71000 close\n") != NULL);
  CHECK(strstr(fake_console, "E (71000) MQTT_CLIENT: Error write data or timeout, written len = 0\n"
                             "E (71000) MQTT_CLIENT: Error sending ping\n"
                             "E (71000) MQTT_CLIENT: Can't send ping, disconnected\n"
                             "I (71000) MQTT_CLIENT: Reconnect after 10000 ms\n"
                             "I (71000) ECC608: MQTT_EVENT_DISCONNECTED\n") != NULL);

  check_case("its answer is awaited from when it left");
  bench_reset();
  bench_answers = false;
  bench_record(0, "20020000");
  block(1000, 66000);
  bench_record(66500, "d000");
  bench_run(128000);
  CHECK(strstr(bench_log, "\n66000 c000\n126500 c000\n") != NULL);
  CHECK(strstr(fake_console, "DISCONNECTED") == NULL);
}

static void connects(void) {
  check_case("a CONNECT that is not taken is one without a CONNACK");
  bench_reset();
  block(0, 40000);
  bench_run(10001);
  CHECK(strstr(bench_log, "10000 close\n") != NULL);
  CHECK(strstr(fake_console, ", read_len: 0\nI (10000) MQTT_CLIENT: Error MQTT Connected\n") != NULL);
}

int main(void) {
  telemetry();
  script();
  acknowledgements();
  pings();
  connects();
  return check_end("mqtt_blocked");
}
