/*
 * The client's task, and a broker that says what the fuzzer says: how long each record is, whether a write is taken,
 * when the connection ends. The invariants are the sanitizers', and those of the port below.
 */
#include <stdlib.h>
#include <string.h>

#include "../core/console.h"
#include "../core/credentials.h"
#include "../core/mqtt_packet.h"
#include "../core/mqtt_task.h"
#include "../core/port.h"
#include "fake_port.h"

static const uint8_t *input;
static size_t left;
static size_t record; /* bytes of the present record that are still to be read */
static unsigned dials;
static bool locked;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
  if (!holds) abort();
}

static uint8_t take(void) {
  if (left == 0u) return 0;
  left--;
  return *input++;
}

bool port_ending(void) { return left == 0u || dials > 3u; }

void port_lock(void) {
  require(!locked);
  locked = true;
}

void port_unlock(void) {
  require(locked);
  locked = false;
}

void port_sleep_ms(uint32_t ms) {
  require(!locked);
  fake_time_us += ms * 1000ull;
}

void port_print(const char *line) { require(strlen(line) < CONSOLE_LINE_LIMIT); }

uint32_t port_random(void) {
  /* Never 0 for ever. */
  const uint32_t low = take();
  return left == 0u ? 1u : low;
}

void port_start_task(void (*run)(void *), void *context, size_t stack_bytes) {
  (void)stack_bytes;
  run(context);
}

int credentials_load(struct credentials *credentials, const char *common_name) {
  (void)credentials, (void)common_name;
  return 0;
}

enum port_tls_error port_tls_connect(const struct port_tls_peer *peer) {
  (void)peer;
  dials++;
  record = 0;
  return PORT_TLS_OK;
}

int port_tls_write(const uint8_t *bytes, size_t length, uint32_t timeout_ms) {
  (void)timeout_ms;
  require(!locked && length >= 2u && length <= MQTT_BUFFER_LIMIT);
  require(mqtt_packet_length(bytes, length) == length);
  const uint8_t says = take();
  if (says == 0xffu) return -1;
  if (says != 0xfeu) return (int)length;
  fake_time_us += timeout_ms * 1000ull;
  return 0;
}

/* 0: time passes. 255: the end. 254: the other task publishes. 253: a CONNACK. Else a record, and its length. */
static int begin_record(uint8_t *bytes, size_t size) {
  static const uint8_t CONNACK[] = {0x20, 0x02, 0x00, 0x00};
  const uint8_t says = take();
  if (says == 0u) return 0;
  if (says == 0xffu) return -1;
  if (says == 0xfeu) (void)mqtt_task_publish("t", "x", take() & 1u);
  if (says == 0xfdu && size >= sizeof CONNACK) {
    memcpy(bytes, CONNACK, sizeof CONNACK);
    return (int)sizeof CONNACK;
  }
  record = says < 0x80u ? says : (says - 0x7fu) * 16u;
  return 1;
}

int port_tls_read(uint8_t *bytes, size_t size, uint32_t timeout_ms) {
  require(!locked && size > 0u && size <= MQTT_BUFFER_LIMIT);
  if (record == 0u) {
    const int begun = begin_record(bytes, size);
    if (begun != 1) fake_time_us += begun == 0 ? timeout_ms * 1000ull : 0u;
    if (record == 0u) return begun;
  }
  size_t length = record < size ? record : size;
  if (length > left) length = left;
  if (length == 0u) return -1;
  memcpy(bytes, input, length);
  input += length;
  left -= length;
  record -= length;
  return (int)length;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const struct mqtt_task_settings SETTINGS = {
    .host = "broker.test", .port = 8883, .client_id = "ESP32_b4E6A1", .user_name = NULL, .common_name = NULL};
  input = data;
  left = size;
  dials = 0;
  fake_time_us = 0;
  mqtt_task_start(&SETTINGS);
  return 0;
}
