#include "sdk_client.h"

#include <string.h>

#include "chip_keys.h"
#include "credentials.h"
#include "port.h"
#include "profile.h"
#include "sdk_framer.h"
#include "sdk_keep_alive.h"
#include "sdk_parse.h"

/* The longest that is sent has a user name in it. */
#define OUTGOING_LIMIT 1024u
#define INCOMING_LIMIT 512u

#define PINGREQ 0xc0u
#define DISCONNECT 0xe0u

static struct {
  const struct sdk_peer *peer;
  bool open; /* packets are sent and read */
  bool accepted; /* there was a CONNACK 0 */
  bool lost;
  struct sdk_keep_alive keep_alive;
  struct sdk_framer framer;
} client;

static struct credentials credentials;
static uint8_t outgoing[OUTGOING_LIMIT];
static uint8_t incoming[INCOMING_LIMIT];

static void lose(void) {
  client.lost = true;
  client.open = false;
  port_tls_close();
}

static void send_packet(const uint8_t *packet, size_t length) {
  if (!client.open) return;
  sdk_keep_alive_sent(&client.keep_alive, port_time_ms());
  const int sent = length > 0u ? port_tls_write(packet, length, PROFILE.azure->sdk_network_timeout_ms) : -1;
  if (sent < 0 || (size_t)sent != length) lose();
}

static void send_empty(uint8_t first) {
  const uint8_t packet[] = {first, 0u};
  send_packet(packet, sizeof packet);
}

static void acknowledge(uint8_t first, uint16_t id) {
  uint8_t packet[SDK_ACKNOWLEDGEMENT_LENGTH];
  sdk_acknowledgement_packet(packet, first, id);
  send_packet(packet, sizeof packet);
}

/* Ours: a server cannot accept a session twice. */
static void take_connack(const struct sdk_event *event) {
  if (event->code == 0u) sdk_keep_alive_begin(&client.keep_alive);
  if (client.accepted) return;
  client.accepted = event->code == 0u;
  client.peer->handle(event);
}

/* The application comes first, the acknowledgement behind it. */
static void take(const struct sdk_packet *packet) {
  switch (packet->kind) {
    case SDK_KIND_CONNACK:
      take_connack(&packet->event);
      break;
    case SDK_KIND_EVENT:
      client.peer->handle(&packet->event);
      break;
    case SDK_KIND_PINGRESP:
      sdk_keep_alive_answered(&client.keep_alive);
      break;
    case SDK_KIND_MALFORMED:
      lose();
      break;
    case SDK_KIND_IGNORED:
    default:
      break;
  }
  if (packet->reply != 0u) acknowledge(packet->reply, packet->event.id);
}

static void receive(const uint8_t *bytes, size_t length) {
  size_t at = 0u;
  while (client.open && at < length) {
    size_t taken;
    const enum sdk_framing framing = sdk_framer_push(&client.framer, &bytes[at], length - at, &taken);
    at += taken;
    if (framing == SDK_MALFORMED) {
      lose();
    } else if (framing == SDK_PACKET) {
      const struct sdk_packet packet = sdk_parse(&client.framer);
      take(&packet);
    }
  }
}

static bool reach(const struct sdk_peer *peer) {
  chip_keys_initialise_first(true);
  if (credentials_load(&credentials, peer->common_name) != 0) return false;
  const uint32_t timeout_ms = PROFILE.azure->sdk_network_timeout_ms;
  const struct port_tls_peer server = {.host = peer->host,
                                       .port = peer->port,
                                       .tcp_timeout_ms = timeout_ms,
                                       .handshake_timeout_ms = timeout_ms,
                                       .certificates = credentials.chain,
                                       .certificate_count = 2u};
  return port_tls_connect(&server) == PORT_TLS_OK;
}

bool sdk_open(const struct sdk_peer *peer) {
  client.peer = peer;
  client.accepted = false;
  client.lost = false;
  client.open = reach(peer);
  sdk_framer_reset(&client.framer);
  sdk_keep_alive_reset(&client.keep_alive, peer->login.keep_alive_seconds);
  send_packet(outgoing, sdk_connect_packet(outgoing, sizeof outgoing, &peer->login));
  return client.open;
}

bool sdk_wait(uint32_t timeout_ms) {
  if (client.lost) return false;
  const uint32_t wait_ms = sdk_keep_alive_limit(&client.keep_alive, port_time_ms(), timeout_ms);
  const int length = port_tls_read(incoming, sizeof incoming, wait_ms);
  if (length < 0) lose();
  else receive(incoming, (size_t)length);
  if (client.open) {
    const enum sdk_ping ping = sdk_keep_alive_due(&client.keep_alive, port_time_ms());
    if (ping == SDK_PING_UNANSWERED) lose();
    if (ping == SDK_PING_DUE) send_empty(PINGREQ);
  }
  return !client.lost;
}

void sdk_subscribe(uint16_t id, const char *filter, uint8_t qos) {
  send_packet(outgoing, sdk_subscribe_packet(outgoing, sizeof outgoing, id, filter, qos));
}

void sdk_publish(const char *topic, const char *payload, uint8_t qos, uint16_t id) {
  send_packet(outgoing, sdk_publish_packet(outgoing, sizeof outgoing, topic, payload, qos, id));
}

void sdk_leave(void) {
  if (client.accepted) send_empty(DISCONNECT);
  client.open = false;
}

void sdk_close(void) {
  sdk_leave();
  port_tls_close();
}
