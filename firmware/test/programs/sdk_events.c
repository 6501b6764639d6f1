/*
 * Reads what a server says on its connections, each as a length of four bytes (big-endian) and the bytes, and prints
 * what the SDK's client makes of each: its events and what it sends, in their order. A test holds that against the
 * twin.
 */
#include <stdio.h>
#include <string.h>

#include "../../core/chip_keys.h"
#include "../../core/credentials.h"
#include "../../core/port.h"
#include "../../core/profile.h"
#include "../../core/sdk_client.h"

#define LIMIT 65536u

static const struct profile_azure AZURE = {.sdk_network_timeout_ms = 10000};
const struct profile PROFILE = {.azure = &AZURE};

static uint8_t stream[LIMIT];
static size_t length, at;

static void print_bytes(const char *title, const uint8_t *bytes, size_t count) {
  (void)printf("%s", title);
  for (size_t i = 0; i < count; i++) (void)printf("%02x", bytes[i]);
}

void chip_keys_initialise_first(bool first) { (void)first; }

int credentials_load(struct credentials *credentials, const char *common_name) {
  (void)common_name;
  memset(credentials, 0, sizeof *credentials);
  return 0;
}

uint64_t port_time_ms(void) { return 0; }

enum port_tls_error port_tls_connect(const struct port_tls_peer *peer) {
  (void)peer;
  return PORT_TLS_OK;
}

int port_tls_write(const uint8_t *bytes, size_t count, uint32_t timeout_ms) {
  (void)timeout_ms;
  print_bytes(" sent ", bytes, count);
  return (int)count;
}

int port_tls_read(uint8_t *bytes, size_t size, uint32_t timeout_ms) {
  (void)timeout_ms;
  const size_t count = length - at < size ? length - at : size;
  memcpy(bytes, &stream[at], count);
  at += count;
  return (int)count;
}

void port_tls_close(void) { (void)printf(" closed"); }

static void handle(const struct sdk_event *event) {
  switch (event->type) {
    case SDK_CONNACK:
      (void)printf(" connack %u", (unsigned)event->code);
      break;
    case SDK_SUBACK:
      (void)printf(" suback %u %d", (unsigned)event->id, event->refused);
      break;
    case SDK_PUBACK:
      (void)printf(" puback %u", (unsigned)event->id);
      break;
    case SDK_MESSAGE:
    default:
      print_bytes(" message ", event->topic, event->topic_length);
      print_bytes(" ", event->payload, event->payload_length);
      break;
  }
}

static bool read_stream(void) {
  uint8_t bytes[4];
  if (fread(bytes, 1, sizeof bytes, stdin) != sizeof bytes) return false;
  length = (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
  at = 0;
  return length <= LIMIT && fread(stream, 1, length, stdin) == length;
}

int main(void) {
  const struct sdk_peer peer = {.host = "h", .port = 1, .login = {"c", "u", true, 0}, .handle = handle};
  while (read_stream()) {
    bool open = sdk_open(&peer);
    while (open && at < length) open = sdk_wait(0);
    (void)printf("\n");
  }
  return 0;
}
