/* A profile with buffers of its own size. */
#include "mqtt_bench.h"

#include "../core/mqtt_client.h"
#include "../core/profile.h"
#include "check.h"

/* It takes the place of the generated one, which AddressSanitizer would take for a mistake. */
const char *__asan_default_options(void);
const char *__asan_default_options(void) { return "detect_odr_violation=0"; }

/* The smallest that a profile may have. */
const struct profile PROFILE = {
  .mqtt = {
    .keep_alive_seconds = 120,
    .clean_session = true,
    .buffer_bytes = 64,
    .network_timeout_ms = 10000,
    .read_poll_ms = 1000,
    .outbox_max_bytes = 4096,
    .outbox_expiry_ms = 30000,
    .reconnect_wait_ms = 10000,
    .reconnect_step_ms = 4000,
  },
};

static int of_58, of_59;

static void publish(void) {
  char text[60];
  memset(text, 'x', sizeof text);
  text[58] = '\0';
  of_58 = mqtt_task_publish("t", text, 0);
  text[58] = 'x';
  text[59] = '\0';
  of_59 = mqtt_task_publish("t", text, 0);
}

static void sizes(void) {
  check_case("three bytes are kept for a fixed header of two too");
  bench_reset();
  bench_call(100, publish);
  bench_run(1000);
  CHECK_EQUAL(0, of_58);
  CHECK_EQUAL(-1, of_59);

  check_case("and a read takes no more than the buffer");
  bench_reset();
  bench_record(500, "3262" "0001" "74" "0007");
  memset(bench_happenings[bench_count - 1u].record + 7, 'x', 93);
  bench_happenings[bench_count - 1u].length = 100;
  bench_run(1000);
  CHECK(strstr(bench_log, "\n500 40020007\n") != NULL);
  CHECK(strstr(fake_console, "message_length_read=64, message_length=100\n") != NULL);
  CHECK(strstr(fake_console, "TOPIC=t\nDATA=xxx") != NULL);
  CHECK(strstr(fake_console, "TOPIC=\nDATA=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n") != NULL);
}

static void gaps(void) {
  check_case("10 s in steps of 4 s are 16 s");
  bench_reset();
  bench_refusal = PORT_TLS_NO_CONNECTION;
  bench_run(40000);
  CHECK_TEXT("0 dial broker.test:8883\n16000 dial broker.test:8883\n32000 dial broker.test:8883\n", bench_log);
}

int main(void) {
  sizes();
  gaps();
  return check_end("mqtt_buffers");
}
