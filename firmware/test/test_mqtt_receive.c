/* What the client makes of what it reads, packet by packet and read by read. */
#include "mqtt_bench.h"

#include "check.h"

#define SUBACK_1 "9003000100"

/* A connected client that has asked for nothing but what the script asks for: ids 1, 2 and 3. */
static void connected(void) {
  bench_reset();
  bench_answers = false;
  bench_record(0, "20020000");
}

/* What is sent and shown from 1 s on. */
static void after(uint64_t ms, const char *sent, const char *shown) {
  bench_run(ms);
  const char *log = strstr(bench_log, "\n1000 ");
  const char *console = strstr(fake_console, "unsubscribe successful, msg_id=3\n");
  char *end = strstr(bench_log, "close");
  CHECK(end != NULL && console != NULL);
  if (end == NULL || console == NULL) return;
  while (end > bench_log && end[-1] != '\n') end--;
  *end = '\0';
  CHECK_TEXT(sent, log == NULL ? "" : log + 1);
  CHECK_TEXT(shown, console + strlen("unsubscribe successful, msg_id=3\n"));
}

/* One record at 1 s, then a message at 2 s, which must arrive whatever came before. */
static void one_record(const char *record, const char *sent, const char *shown) {
  char all[4096];
  connected();
  bench_record(1000, record);
  bench_record(2000, "300400016478");
  (void)snprintf(all, sizeof all, "%sI (2000) MQTT_CLIENT: deliver_publish, message_length_read=6, message_length=6\n"
                 "I (2000) ECC608: MQTT_EVENT_DATA\nTOPIC=d\nDATA=x\n", shown);
  after(3000, sent, all);
}

#define DELIVERED(read, length) \
  "I (1000) MQTT_CLIENT: deliver_publish, message_length_read=" read ", message_length=" length "\n"
#define SHOWN(topic, data) "I (1000) ECC608: MQTT_EVENT_DATA\nTOPIC=" topic "\nDATA=" data "\n"

static void messages(void) {
  check_case("with QoS 0");
  one_record("3011000b2f746f7069632f716f733064617461", "", DELIVERED("19", "19") SHOWN("/topic/qos0", "data"));
  check_case("that are empty");
  one_record("3003000174", "", DELIVERED("5", "5") SHOWN("t", ""));
  check_case("with QoS 1 are answered with PUBACK");
  one_record("3206000174abcd78", "1000 4002abcd\n", DELIVERED("8", "8") SHOWN("t", "x"));
  check_case("with QoS 2 are answered with PUBREC, and PUBREL with PUBCOMP");
  one_record("3406000174abcd78", "1000 5002abcd\n", DELIVERED("8", "8") SHOWN("t", "x"));
  one_record("6202abcd", "1000 7002abcd\n", "");
  check_case("PUBREC is answered with PUBREL");
  one_record("5002abcd", "1000 6202abcd\n", "");
}

static void acknowledgements(void) {
  check_case("acknowledgements are told, and SUBACK goes on with the script");
  one_record(SUBACK_1, "1000 301e00182f746f7069632f716f73302f45535033325f62344536413164617461\n",
             "I (1000) ECC608: MQTT_EVENT_SUBSCRIBED, msg_id=1\nI (1000) ECC608: sent publish successful, msg_id=0\n");
  one_record("b0020003", "", "I (1000) ECC608: MQTT_EVENT_UNSUBSCRIBED, msg_id=3\n");
  check_case("of something else they are not");
  one_record("9003000300", "", "");
  one_record("b0020001", "", "");
  one_record("40020001", "", "");
}

static int published;
static void publish_qos_1(void) { published = mqtt_task_publish("t", "x", 1); }
static void publish_qos_2(void) { published = mqtt_task_publish("t", "x", 2); }

static void published_ones(void) {
  check_case("a publish with QoS 1 ends with PUBACK");
  connected();
  bench_call(1000, publish_qos_1);
  bench_record(1500, "40020004");
  after(2000, "1000 32060001740004" "78\n", "I (1500) ECC608: MQTT_EVENT_PUBLISHED, msg_id=4\n");
  CHECK_EQUAL(4, published);
  check_case("with QoS 2 with PUBCOMP");
  connected();
  bench_call(1000, publish_qos_2);
  bench_record(1500, "50020004");
  bench_record(1600, "70020004");
  after(2000, "1000 34060001740004" "78\n1500 62020004\n", "I (1600) ECC608: MQTT_EVENT_PUBLISHED, msg_id=4\n");
}

static void lost_ones(void) {
  check_case("Quirk: only the first packet of a read is handled");
  one_record("3206000161000131" "3206000162000232" "d000" "300400016333", "1000 40020001\n",
             DELIVERED("24", "8") SHOWN("a", "1"));
  one_record("300400016131" SUBACK_1, "", DELIVERED("11", "6") SHOWN("a", "1"));

  check_case("Quirk: what was read behind the CONNACK is lost");
  bench_reset();
  bench_answers = false;
  bench_record(0, "20020000" "3207000274620007" "78");
  bench_run(1000);
  CHECK(strstr(fake_console, "MQTT_EVENT_DATA") == NULL);
  CHECK(strstr(bench_log, "40020007") == NULL);

  check_case("and no more is read for it than the CONNECT was long: the packet behind that arrives");
  bench_reset();
  bench_answers = false;
  bench_record(0, "20020000" "3014000174" "78787878787878787878787878787878" "78" "3004000175" "79");
  bench_run(1000);
  CHECK(strstr(fake_console, "TOPIC=t") == NULL);
  CHECK(strstr(fake_console, "TOPIC=u\nDATA=y\n") != NULL);

  check_case("of a packet that this read cuts, all of the next read is lost too");
  bench_reset();
  bench_answers = false;
  bench_record(0, "20020000" "301c000174" "7878787878787878" "7878787878787878" "78" "300400017579" "7878"
                  "300400017679");
  bench_record(500, "300400017779");
  bench_run(1000);
  CHECK(strstr(fake_console, "TOPIC=u") == NULL);
  CHECK(strstr(fake_console, "TOPIC=v") == NULL);
  CHECK(strstr(fake_console, "TOPIC=w\nDATA=y\n") != NULL);

  check_case("what looks like a PINGRESP with other flags is none");
  connected();
  bench_record(61500, "d100");
  bench_run(123000);
  CHECK(strstr(fake_console, "No PING_RESP, disconnected\n") != NULL);

  check_case("what the last connection asked for, nobody knows on the next");
  connected();
  bench_hang_up(1000);
  bench_record(16000, "20020000");
  bench_record(16500, SUBACK_1);
  bench_record(16600, "9003000400");
  bench_run(17000);
  CHECK(strstr(fake_console, "SUBSCRIBED, msg_id=1\n") == NULL);
  CHECK(strstr(fake_console, "SUBSCRIBED, msg_id=4\n") != NULL);

  check_case("a lost PINGRESP was never there");
  connected();
  bench_record(61500, "300400016131d000");
  bench_run(123000);
  CHECK(strstr(fake_console, "No PING_RESP, disconnected\n") != NULL);

  check_case("a SUBACK split between records is lost, whole, wherever it is split");
  for (size_t at = 2; at < 5u; at++) {
    char first[11] = SUBACK_1;
    first[2u * at] = '\0';
    connected();
    bench_record(500, first);
    bench_record(600, &SUBACK_1[2u * at]);
    bench_record(1000, "300400016131");
    after(2000, "", DELIVERED("6", "6") SHOWN("a", "1"));
  }

  check_case("a packet cut by the end of the read is lost, and so is all of the next read");
  connected();
  /* 1006 bytes of the 1024 that one read takes, 105 and 6. */
  bench_record(500, "30eb07000161");
  struct bench_happening *record = &bench_happenings[bench_count - 1u];
  memset(record->record + record->length, 'x', 1000);
  record->length += 1000;
  record->length += bench_bytes("30670001" "62", record->record + record->length);
  memset(record->record + record->length, '0', 100);
  (void)bench_bytes("300400016535", record->record + 1024); /* where the next read begins */
  record->length += 100;
  record->length += bench_bytes("3004000163" "33", record->record + record->length);
  bench_record(1000, "300400016434");
  bench_run(2000);
  CHECK(strstr(fake_console, "TOPIC=a\nDATA=xxx") != NULL);
  CHECK(strstr(fake_console, "TOPIC=b") == NULL);
  CHECK(strstr(fake_console, "TOPIC=c") == NULL);
  CHECK(strstr(fake_console, "TOPIC=e") == NULL);
  CHECK(strstr(fake_console, "TOPIC=d\nDATA=4\n") != NULL);
}

/* A message of 2500 bytes with QoS 1, 3 + 2 + 1 + 2 bytes before them; `length` bytes of it from `from` on. */
static void long_message(uint64_t at_ms, size_t from, size_t length) {
  static uint8_t message[2508];
  (void)bench_bytes("32c9130001740102", message);
  for (size_t i = 0; i < 2500u; i++) message[8u + i] = (uint8_t)('a' + i % 26u);
  struct bench_happening *added = bench_add(at_ms * 1000u, BENCH_RECORD);
  memcpy(added->record, message + from, length);
  added->length = length;
}

/* Lengths of the DATA lines. */
static void pieces(const size_t *lengths, size_t count) {
  size_t at = 0;
  size_t offset = 0;
  const char *line = strstr(fake_console, "TOPIC=");
  for (; line != NULL && at < count; line = strstr(line + 1, "TOPIC=")) {
    const char *data = strchr(line, '\n') + strlen("\nDATA=");
    const size_t length = strcspn(data, "\n");
    CHECK_EQUAL(lengths[at], length);
    CHECK_EQUAL(at == 0u ? 't' : '\n', line[6]);
    if (length > 0u) CHECK_EQUAL('a' + offset % 26u, data[0]);
    offset += length;
    at++;
  }
  CHECK_EQUAL(count, at);
}

static void long_ones(void) {
  check_case("Quirk: a message longer than the buffer comes in pieces, acknowledged once, the topic in the first");
  connected();
  long_message(1000, 0, 2508);
  bench_record(1500, "300400017531");
  bench_run(2000);
  pieces((const size_t[]){1016, 1024, 460}, 3);
  CHECK(strstr(bench_log, "\n1000 40020102\n") != NULL);
  CHECK(strstr(fake_console, "deliver_publish, message_length_read=1024, message_length=2508\n") != NULL);
  CHECK(strstr(fake_console, "TOPIC=u\nDATA=1\n") != NULL);

  check_case("of whatever the records hold");
  connected();
  long_message(1000, 0, 8);
  long_message(1001, 8, 100);
  long_message(1002, 108, 2400);
  bench_run(2000);
  pieces((const size_t[]){0, 100, 1024, 1024, 352}, 5);

  check_case("the last read takes no more than its rest: a packet behind it arrives");
  connected();
  long_message(1000, 0, 2508);
  struct bench_happening *last = &bench_happenings[bench_count - 1u];
  last->length += bench_bytes("300400017531", last->record + 2508);
  bench_run(2000);
  CHECK(strstr(fake_console, "message_length_read=6, message_length=6\n") != NULL);
  CHECK(strstr(fake_console, "TOPIC=u\nDATA=1\n") != NULL);

  check_case("Quirk: a message whose rest does not come is given up, and the connection kept");
  connected();
  long_message(3000, 0, 1024);
  long_message(12999, 1024, 1);
  bench_record(23000, "300400017531");
  bench_run(24000);
  pieces((const size_t[]){1016, 1}, 2);
  CHECK(strstr(fake_console, "TOPIC=u\nDATA=1\n") != NULL);

  check_case("each piece gives the next one the whole time-out");
  connected();
  long_message(0, 0, 1024);
  long_message(9999, 1024, 1);
  long_message(19998, 1025, 1);
  bench_run(20000);
  pieces((const size_t[]){1016, 1, 1}, 3);

  check_case("no PINGREQ is sent in the middle of one");
  connected();
  long_message(60500, 0, 1024);
  bench_run(123000);
  /* The acknowledgement left at 60.5 s. The message is given up at 70.5 s, and looks come each second from there. */
  CHECK(strstr(bench_log, "\n60500 40020102\n121500 c000\n") != NULL);
  connected();
  bench_record(60500, "30e907000174");
  bench_run(72000);
  CHECK(strstr(bench_log, "\n70500 c000\n") != NULL);
}

static void malformed_ones(void) {
  check_case("Quirk: it never checks what it receives: what is no packet is taken no notice of");
  one_record("30ffffffff7f", "", "");
  one_record("30", "", "");
  one_record("90ffffff7f00010001", "", "");
  one_record("9003000103", "", "");
  one_record("4000", "", "");
  one_record("3606000174000178", "", "");
  one_record("3004ffff7474", "", "");
  one_record("3203000174", "", "");
  one_record("60020001", "", "");
  check_case("nor of what a server does not send");
  one_record("101000044d51545405020000000003616263", "", "");
  one_record("c000", "", "");
  one_record("e000", "", "");
  one_record("f000", "", "");
  one_record("0000", "", "");
  one_record("20020000", "", "");
}

static void swallowed(void) {
  check_case("a PUBLISH whose topic does not fit the read: its rest is a piece without a beginning");
  connected();
  bench_record(1000, "30980b057d");
  memset(bench_happenings[bench_count - 1u].record + 5, 'a', 1405);
  memset(bench_happenings[bench_count - 1u].record + 5 + 1405, 'b', 25);
  bench_happenings[bench_count - 1u].length = 5u + 1405u + 25u;
  bench_record(2000, "300400017531");
  bench_run(3000);
  CHECK(strstr(fake_console, "I (1000) ECC608: MQTT_EVENT_DATA\nTOPIC=\nDATA=aaa") != NULL);
  CHECK(strstr(fake_console, "TOPIC=u\nDATA=1\n") != NULL);
}

int main(void) {
  messages();
  acknowledgements();
  published_ones();
  lost_ones();
  long_ones();
  malformed_ones();
  swallowed();
  return check_end("mqtt_receive");
}
