/*
 * A server that says anything, whenever it is read from: a registration, and the trial of a hub. The first byte says
 * how much comes at a time. Both end, and what is believed can be used.
 */
#include <stdlib.h>
#include <string.h>

#include "../core/credentials.h"
#include "../core/dps.h"
#include "../core/hub_trial.h"
#include "../core/port.h"
#include "fake_port.h"

#define END_MS 70000u

static const uint8_t *stream;
static size_t stream_length;
static size_t piece;

static uint64_t now_ms(void) { return fake_time_us / 1000u; }

enum port_tls_error port_tls_connect(const struct port_tls_peer *peer) {
  (void)peer;
  return PORT_TLS_OK;
}

int port_tls_write(const uint8_t *bytes, size_t length, uint32_t timeout_ms) {
  (void)timeout_ms;
  /* A fixed header, and no more than fits into the client's buffer. */
  if (length < 2 || length > 1024 || bytes[0] < 0x10) abort();
  return (int)length;
}

int port_tls_read(uint8_t *bytes, size_t size, uint32_t timeout_ms) {
  size_t length = stream_length < piece ? stream_length : piece;
  if (length > size) length = size;
  if (length == 0) fake_time_us += 1000u * (uint64_t)timeout_ms;
  memcpy(bytes, stream, length);
  stream += length;
  stream_length -= length;
  return (int)length;
}

void port_tls_close(void) {}

bool port_ending(void) { return now_ms() >= END_MS; }

int credentials_load(struct credentials *credentials, const char *common_name) {
  (void)common_name;
  memset(credentials, 0, sizeof *credentials);
  return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void begin(const uint8_t *data, size_t size) {
  fake_port_reset();
  piece = size > 0 ? (size_t)data[0] + 1u : 1u;
  stream = size > 0 ? &data[1] : data;
  stream_length = size > 0 ? size - 1 : 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static const struct device_settings SETTINGS = {.broker_host = "dps.test", .broker_port = 8883};
  struct dps_registered registered;
  begin(data, size);
  if (dps_register(&SETTINGS, "0123ffac64afdf56ee", 0, &registered) == DPS_END_ASSIGNED) {
    if (!record_is_host_name(registered.hub) || registered.device_id[0] == '\0') abort();
  }
  begin(data, size);
  hub_trial_run(&SETTINGS, "hub-1.azure-devices.test", "0123ffac64afdf56ee");
  return 0;
}
