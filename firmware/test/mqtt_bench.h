/*
 * The client's task on a machine whose time moves by its waits, and its broker: what happens at which time is written
 * down before. Included by one test, which it gives the functions of port.h.
 */
#ifndef MQTT_BENCH_H
#define MQTT_BENCH_H

#include <stdio.h>
#include <string.h>

#include "../core/credentials.h"
#include "../core/mqtt_task.h"
#include "../core/port.h"
#include "fake_port.h"

enum bench_kind { BENCH_RECORD, BENCH_HANG_UP, BENCH_CALL };

struct bench_happening {
  uint64_t at_us;
  enum bench_kind kind;
  size_t length, taken; /* of a record */
  void (*call)(void);
  uint8_t record[2600];
};

static struct bench_happening bench_happenings[80];
static size_t bench_count, bench_next;
static uint64_t bench_ends_us;
static bool bench_answers; /* as an obedient broker */
static bool bench_open;
static enum port_tls_error bench_refusal;
static int bench_credentials;
static uint64_t bench_blocked_from_us, bench_blocked_until_us;
static unsigned bench_looks; /* calls of port_ending */
static uint32_t bench_random[16];
static size_t bench_drawn;
/* `TIME HEX` of each packet sent; `TIME dial` of each connection; `TIME close`. */
static char bench_log[65536];

static void bench_note(const char *text) {
  const size_t used = strlen(bench_log);
  (void)snprintf(bench_log + used, sizeof bench_log - used, "%lu %s\n", (unsigned long)(fake_time_us / 1000u), text);
}

static void bench_reset(void) {
  fake_port_reset();
  bench_count = bench_next = bench_drawn = 0;
  bench_answers = true;
  bench_open = false;
  bench_refusal = PORT_TLS_OK;
  bench_credentials = 0;
  bench_blocked_from_us = bench_blocked_until_us = UINT64_MAX;
  bench_log[0] = '\0';
  memset(bench_random, 0, sizeof bench_random);
}

static struct bench_happening *bench_add(uint64_t at_us, enum bench_kind kind) {
  struct bench_happening *added = &bench_happenings[bench_count++];
  /* Behind all that happens at the same time. */
  while (added > &bench_happenings[bench_next] && added[-1].at_us > at_us) {
    added[0] = added[-1];
    added--;
  }
  added->at_us = at_us;
  added->kind = kind;
  added->taken = added->length = 0;
  return added;
}

static size_t bench_bytes(const char *hex, uint8_t *bytes) {
  size_t length = 0;
  for (const char *at = hex; *at != '\0';) {
    unsigned byte = 0;
    if (*at == ' ') {
      at++;
    } else {
      (void)sscanf(at, "%2x", &byte);
      bytes[length++] = (uint8_t)byte;
      at += 2;
    }
  }
  return length;
}

/* A TLS record of the broker's. */
static void bench_record(uint64_t at_ms, const char *hex) {
  struct bench_happening *added = bench_add(at_ms * 1000u, BENCH_RECORD);
  added->length = bench_bytes(hex, added->record);
}

static inline void bench_hang_up(uint64_t at_ms) { (void)bench_add(at_ms * 1000u, BENCH_HANG_UP); }

/* Something that the other task does. */
static inline void bench_call(uint64_t at_ms, void (*call)(void)) { bench_add(at_ms * 1000u, BENCH_CALL)->call = call; }

static const struct mqtt_task_settings BENCH_SETTINGS = {
  .host = "broker.test",
  .port = 8883,
  .client_id = "ESP32_b4E6A1",
  .user_name = NULL,
  .common_name = "0123f1d0e2a4b6c8ee",
};

static void bench_run_as(const struct mqtt_task_settings *settings, uint64_t ms) {
  bench_ends_us = ms * 1000u;
  mqtt_task_start(settings);
}

static inline void bench_run(uint64_t ms) { bench_run_as(&BENCH_SETTINGS, ms); }

void port_start_task(void (*run)(void *), void *context, size_t stack_bytes) {
  (void)stack_bytes;
  run(context);
}

bool port_ending(void) {
  bench_looks++;
  return fake_time_us >= bench_ends_us;
}

uint32_t port_random(void) {
  const size_t at = bench_drawn++;
  const uint32_t chosen = at < 16u ? bench_random[at] : 0u;
  return chosen != 0u ? chosen : (uint32_t)at + 1u;
}

int credentials_load(struct credentials *credentials, const char *common_name) {
  (void)credentials, (void)common_name;
  return bench_credentials;
}

/* A program with a broker of its own says so before. */
#ifndef BENCH_OWN_BROKER

enum port_tls_error port_tls_connect(const struct port_tls_peer *peer) {
  char text[80];
  (void)snprintf(text, sizeof text, "dial %s:%u", peer->host, peer->port);
  bench_note(text);
  bench_open = bench_refusal == PORT_TLS_OK;
  return bench_refusal;
}

static void bench_answer(const uint8_t *packet) {
  char answer[32] = "";
  const size_t id = 2u; /* all requests of the tests are shorter than 128 bytes */
  switch (packet[0] >> 4) {
    case 1:
      (void)snprintf(answer, sizeof answer, "20020000");
      break;
    case 8:
      (void)snprintf(answer, sizeof answer, "9003%02x%02x00", packet[id], packet[id + 1u]);
      break;
    case 10:
      (void)snprintf(answer, sizeof answer, "b002%02x%02x", packet[id], packet[id + 1u]);
      break;
    case 12:
      (void)snprintf(answer, sizeof answer, "d000");
      break;
    default:
      return;
  }
  bench_record(fake_time_us / 1000u, answer);
}

int port_tls_write(const uint8_t *bytes, size_t length, uint32_t timeout_ms) {
  if (!bench_open) return -1;
  if (fake_time_us >= bench_blocked_from_us && fake_time_us < bench_blocked_until_us) {
    const uint64_t rest = bench_blocked_until_us - fake_time_us;
    fake_time_us += rest < timeout_ms * 1000ull ? rest : timeout_ms * 1000ull;
    if (rest > timeout_ms * 1000ull) return 0;
  }
  static char text[2u * 2600u + 1u];
  for (size_t i = 0; i < length; i++) (void)snprintf(text + 2u * i, 3, "%02x", bytes[i]);
  bench_note(text);
  if (bench_answers) bench_answer(bytes);
  return (int)length;
}

int port_tls_read(uint8_t *bytes, size_t size, uint32_t timeout_ms) {
  const uint64_t until_us = fake_time_us + timeout_ms * 1000ull;
  while (bench_open && bench_next < bench_count && bench_happenings[bench_next].at_us <= until_us) {
    struct bench_happening *happening = &bench_happenings[bench_next];
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
  if (fake_time_us < until_us) fake_time_us = until_us;
  return 0;
}

#endif

void port_tls_close(void) {
  if (!bench_open) return;
  bench_note("close");
  bench_open = false;
}

#endif
