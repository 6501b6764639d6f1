/*
 * The client's task against a broker that somebody else wrote down, for the comparison with the twin. Reads from its
 * input, in the order of their times:
 *   MS record HEX | MS hangup | MS stop | MS take | MS telemetry | answer HEX | end MS
 * `stop` is a broker that takes one packet more and then nothing until `take`; `answer` is what the next CONNECT gets.
 * Prints what was sent, then `--` and the console.
 */
#define BENCH_OWN_BROKER
#include "mqtt_bench.h"

#include "../core/mqtt_packet.h"

#define ANSWERS 32u
/* Of the same length as the twin's, which is left out of the comparison. */
#define TELEMETRY "{\"Temparature\"}"

static char answers[ANSWERS][64];
static size_t answer_count, answer_next;
static bool stopped, wrote_since, blocked;

static void telemetry(void) { (void)mqtt_task_publish("t", TELEMETRY, 0); }

static void stop(void) {
  stopped = true;
  wrote_since = false;
}

static void take_again(void) { stopped = wrote_since = blocked = false; }

enum port_tls_error port_tls_connect(const struct port_tls_peer *peer) {
  (void)peer;
  bench_note("dial");
  bench_open = true;
  take_again();
  /* What was said while nobody listened. */
  while (bench_next < bench_count && bench_happenings[bench_next].at_us < fake_time_us) bench_next++;
  return PORT_TLS_OK;
}

/* Until the broker takes it again, hangs up, or the time is over. */
static bool may_write(uint32_t timeout_ms) {
  const uint64_t until_us = fake_time_us + timeout_ms * 1000ull;
  for (size_t i = bench_next; blocked && bench_open && i < bench_count && bench_happenings[i].at_us <= until_us; i++) {
    struct bench_happening *happening = &bench_happenings[i];
    const bool takes = happening->kind == BENCH_CALL && happening->call == take_again;
    if (!takes && happening->kind != BENCH_HANG_UP) continue;
    fake_time_us = happening->at_us;
    if (takes) take_again();
    else bench_open = false;
  }
  if (blocked && bench_open) fake_time_us = until_us;
  return !blocked;
}

int port_tls_write(const uint8_t *bytes, size_t length, uint32_t timeout_ms) {
  static char text[2u * MQTT_BUFFER_LIMIT + 1u];
  const bool may = may_write(timeout_ms);
  if (!bench_open) return -1;
  if (!may) return 0;
  for (size_t i = 0; i < length; i++) (void)snprintf(text + 2u * i, 3, "%02x", bytes[i]);
  bench_note(text);
  wrote_since = true;
  if (bytes[0] == 0x10u && answer_next < answer_count && answers[answer_next++][0] != '-') {
    bench_record(fake_time_us / 1000u, answers[answer_next - 1u]);
  }
  return (int)length;
}

int port_tls_read(uint8_t *bytes, size_t size, uint32_t timeout_ms) {
  const uint64_t until_us = fake_time_us + timeout_ms * 1000ull;
  while (bench_open && bench_next < bench_count && bench_happenings[bench_next].at_us <= until_us) {
    struct bench_happening *happening = &bench_happenings[bench_next];
    /* The turn in which it wrote is over. */
    if (happening->taken == 0u) blocked = blocked || (stopped && wrote_since);
    if (happening->at_us > fake_time_us) fake_time_us = happening->at_us;
    if (happening->kind == BENCH_RECORD) {
      const size_t left = happening->length - happening->taken;
      const size_t length = left < size ? left : size;
      memcpy(bytes, happening->record + happening->taken, length);
      happening->taken += length;
      if (happening->taken == happening->length) bench_next++;
      return (int)length;
    }
    bench_next++;
    if (happening->kind == BENCH_CALL) happening->call();
    else bench_open = false;
  }
  if (!bench_open) return -1;
  blocked = blocked || (stopped && wrote_since);
  if (fake_time_us < until_us) fake_time_us = until_us;
  return 0;
}

static void happen(uint64_t ms, const char *what, const char *hex) {
  if (strcmp(what, "record") == 0) bench_record(ms, hex);
  if (strcmp(what, "hangup") == 0) bench_hang_up(ms);
  if (strcmp(what, "stop") == 0) bench_call(ms, stop);
  if (strcmp(what, "take") == 0) bench_call(ms, take_again);
  if (strcmp(what, "telemetry") == 0) bench_call(ms, telemetry);
}

int main(void) {
  static char line[6000], hex[5400], what[16];
  unsigned long ms = 0;
  bench_reset();
  while (fgets(line, sizeof line, stdin) != NULL) {
    hex[0] = '\0';
    if (sscanf(line, "answer %63s", answers[answer_count]) == 1) {
      if (++answer_count == ANSWERS) return 2;
    } else if (sscanf(line, "%lu %15s %5399s", &ms, what, hex) >= 2) {
      happen(ms, what, hex);
    } else if (sscanf(line, "end %lu", &ms) == 1) {
      break;
    } else {
      return 2;
    }
  }
  bench_run(ms);
  (void)printf("%s--\n%s", bench_log, fake_console);
  return 0;
}
