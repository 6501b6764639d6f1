#include "mqtt_client.h"

#include "mqtt_console.h"
#include "port.h"
#include "profile.h"

/* The output buffer's beginning is kept for a fixed header of three bytes, even when two are needed. */
#define RESERVED_HEADER_BYTES 3u

static struct {
  bool connected;
  uint64_t last_sent_ms;
  struct mqtt_outbox outbox;
} client;

/* Each task has its own, so that no lock is held while the broker takes nothing. 2 KB. */
static uint8_t output[MQTT_WRITERS][MQTT_BUFFER_LIMIT];

struct request {
  enum mqtt_writer writer;
  enum mqtt_type type;
  const char *topic;
  const char *payload; /* of a publish */
  uint8_t qos;
};

size_t mqtt_client_buffer_bytes(void) {
  return PROFILE.mqtt.buffer_bytes < MQTT_BUFFER_LIMIT ? PROFILE.mqtt.buffer_bytes : MQTT_BUFFER_LIMIT;
}

void mqtt_client_up(void) {
  port_lock();
  client.connected = true;
  port_unlock();
}

void mqtt_client_down(void) {
  port_lock();
  client.connected = false;
  mqtt_outbox_clear(&client.outbox);
  port_unlock();
}

uint64_t mqtt_client_last_sent_ms(void) {
  port_lock();
  const uint64_t at = client.last_sent_ms;
  port_unlock();
  return at;
}

bool mqtt_client_acknowledged(enum mqtt_type type, uint16_t id) {
  port_lock();
  const bool known = mqtt_outbox_take(&client.outbox, type, id, port_time_ms());
  port_unlock();
  return known;
}

/* One packet, which is one TLS record. */
static enum mqtt_written write_packet(const uint8_t *packet, size_t length) {
  const int written = port_tls_write(packet, length, PROFILE.mqtt.network_timeout_ms);
  if (written == 0) return MQTT_WRITE_TIMEOUT;
  if (written < 0) return MQTT_NO_CONNECTION;
  port_lock();
  client.last_sent_ms = port_time_ms();
  port_unlock();
  return MQTT_WRITTEN;
}

enum mqtt_written mqtt_client_connect(const char *client_id, const char *user_name, size_t *length) {
  uint8_t *packet = output[MQTT_WRITER_CLIENT];
  *length = mqtt_encode_connect(packet, MQTT_BUFFER_LIMIT, client_id, user_name, PROFILE.mqtt.clean_session,
                                PROFILE.mqtt.keep_alive_seconds);
  return *length == 0u ? MQTT_NO_CONNECTION : write_packet(packet, *length);
}

enum mqtt_written mqtt_client_ping(void) {
  static const uint8_t PINGREQ[] = {MQTT_PINGREQ << 4, 0};
  return write_packet(PINGREQ, sizeof PINGREQ);
}

enum mqtt_written mqtt_client_acknowledge(enum mqtt_type type, uint16_t id) {
  uint8_t packet[4];
  mqtt_encode_acknowledgement(packet, type, id);
  return write_packet(packet, sizeof packet);
}

/* Quirk: packet ids are random, 32 bits modulo 65535, never 0; two that wait may be equal. */
static uint16_t next_id(void) {
  uint16_t id = 0;
  while (id == 0u) id = (uint16_t)(port_random() % 65535u);
  return id;
}

static size_t encode(const struct request *request, uint16_t id) {
  uint8_t *packet = output[request->writer];
  const size_t size = MQTT_BUFFER_LIMIT;
  if (request->type == MQTT_UNSUBSCRIBE) return mqtt_encode_unsubscribe(packet, size, request->topic, id);
  if (request->type == MQTT_SUBSCRIBE) return mqtt_encode_subscribe(packet, size, request->topic, request->qos, id);
  return mqtt_encode_publish(packet, size, request->topic, request->payload, request->qos, id);
}

static bool fits(const uint8_t *packet, size_t length) {
  return RESERVED_HEADER_BYTES + length - mqtt_header_length(packet, length) <= mqtt_client_buffer_bytes();
}

static bool is_connected(const struct request *request) {
  port_lock();
  const bool connected = client.connected;
  port_unlock();
  if (!connected && request->type == MQTT_PUBLISH && !port_ending()) mqtt_console_not_connected();
  return connected;
}

/* A request with an id is in the outbox before its acknowledgement can be, and is not when it was not written. */
static enum mqtt_written write_request(const struct request *request, size_t length, uint16_t id) {
  if (id == 0u) return write_packet(output[request->writer], length);
  port_lock();
  mqtt_outbox_begin(&client.outbox, request->writer, request->type, id, length);
  port_unlock();
  const enum mqtt_written written = write_packet(output[request->writer], length);
  port_lock();
  mqtt_outbox_end(&client.outbox, request->writer, written == MQTT_WRITTEN, port_time_ms());
  port_unlock();
  return written;
}

static int perform(const struct request *request) {
  if (!is_connected(request)) return -1;
  const uint16_t id = request->type == MQTT_PUBLISH && request->qos == 0u ? 0u : next_id();
  const size_t length = encode(request, id);
  if (length == 0u || !fits(output[request->writer], length)) return -1;
  const enum mqtt_written written = write_request(request, length, id);
  if (written == MQTT_WRITTEN) return (int)id;
  if (!port_ending()) mqtt_console_not_written(request->type, request->topic, request->qos, written);
  return -1;
}

int mqtt_client_publish(enum mqtt_writer writer, const char *topic, const char *payload, uint8_t qos) {
  const struct request request = {writer, MQTT_PUBLISH, topic, payload, qos};
  return perform(&request);
}

int mqtt_client_subscribe(const char *topic, uint8_t qos) {
  const struct request request = {MQTT_WRITER_CLIENT, MQTT_SUBSCRIBE, topic, NULL, qos};
  return perform(&request);
}

int mqtt_client_unsubscribe(const char *topic) {
  const struct request request = {MQTT_WRITER_CLIENT, MQTT_UNSUBSCRIBE, topic, NULL, 0};
  return perform(&request);
}
