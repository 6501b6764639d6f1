/*
 * The other side of a device's connections, on the fake port's time: servers that a test scripts, and a chip that has
 * no more than slot 8. Included by one test each.
 */
#ifndef AZURE_PEER_H
#define AZURE_PEER_H

#include <stdio.h>
#include <string.h>

#include "../core/atecc.h"
#include "../core/chip_keys.h"
#include "../core/credentials.h"
#include "../core/port.h"
#include "azure_bytes.h"
#include "check.h"
#include "fake_port.h"

#define ID "0123ffac64afdf56ee"
#define DPS "dps.test"
#define HUB "hub-1.azure-devices.test"
#define OPERATION "4.0123456789abcdef.01234567-89ab-cdef-0123-456789abcdef"

#define PEER_PACKETS 2000u
#define PEER_STREAM 20000u

struct peer_packet {
  uint64_t at_ms;
  unsigned connection;
  size_t length;
  uint8_t bytes[1024];
};

static struct {
  enum port_tls_error error; /* of the next connection */
  uint32_t connect_ms; /* what it takes */
  /* Answers a packet. */
  void (*answer)(const uint8_t *packet, size_t length);
  unsigned connections;
  char host[64];
  uint16_t port;
  uint32_t tcp_timeout_ms, handshake_timeout_ms;
  size_t certificate_count;
  uint64_t dialled_ms, closed_ms;
  bool open, hangs_up; /* it hangs up when all that it sent is read */
  uint8_t stream[PEER_STREAM];
  size_t sent, read, record_limit;
  int write_result; /* instead of the length, where it is below 1 */
  struct peer_packet packets[PEER_PACKETS];
  size_t packet_count;
  uint64_t later_ms; /* when `later` is published, unasked; 0: never */
  const char *later;
  uint64_t end_ms; /* port_ending from here on; 0: never */
  bool reads_end; /* a read that waits until then comes back without a connection */
} peer;

/*
 * What the device asked of its chip, a letter each: I initialisation, S serial number, C certificates, k, K: hooks that
 * do not, and do.
 */
static struct {
  uint8_t serial[9];
  uint8_t slot8[416];
  char log[256];
  int init_result, read_result, write_result, credentials_result;
  unsigned good_inits; /* initialisations before init_result is what they come to */
} chip;

static void peer_reset(void) {
  static const uint8_t SERIAL[] = {0x01, 0x23, 0xff, 0xac, 0x64, 0xaf, 0xdf, 0x56, 0xee};
  fake_port_reset();
  memset(&peer, 0, sizeof peer);
  peer.record_limit = SIZE_MAX;
  peer.write_result = 1;
  memset(&chip, 0, sizeof chip);
  memset(chip.slot8, 0xff, sizeof chip.slot8);
  memcpy(chip.serial, SERIAL, sizeof SERIAL);
}

static uint64_t peer_now(void) { return fake_time_us / 1000u; }

static void peer_send_bytes(const uint8_t *bytes, size_t length) {
  if (length > PEER_STREAM - peer.sent) length = 0;
  memcpy(&peer.stream[peer.sent], bytes, length);
  peer.sent += length;
}

static inline void peer_send(const char *written) {
  uint8_t bytes[2048];
  peer_send_bytes(bytes, bytes_of(written, bytes));
}

/* A PUBLISH with QoS 0. */
static inline void peer_publish(const char *topic, const char *payload) {
  uint8_t header[8] = {0x30};
  const size_t remaining = 2 + strlen(topic) + strlen(payload);
  header[1] = (uint8_t)(0x80u | (remaining & 0x7fu));
  header[2] = (uint8_t)(remaining >> 7);
  header[3] = (uint8_t)(strlen(topic) >> 8);
  header[4] = (uint8_t)strlen(topic);
  peer_send_bytes(header, 5);
  peer_send_bytes((const uint8_t *)topic, strlen(topic));
  peer_send_bytes((const uint8_t *)payload, strlen(payload));
}

/* What every server answers: CONNACK, SUBACK as asked for, PUBACK. */
static inline void peer_obey(const uint8_t *packet, size_t length) {
  (void)length;
  if (packet[0] == 0x10) peer_send("20020000");
  if (packet[0] == 0xc0) peer_send("d000");
  if (packet[0] == 0x82) {
    const uint8_t suback[] = {0x90, 0x03, packet[2], packet[3], 0x01};
    peer_send_bytes(suback, sizeof suback);
  }
  if (packet[0] == 0x32) {
    const size_t id = 4u + packet[3];
    const uint8_t puback[] = {0x40, 0x02, packet[id], packet[id + 1]};
    peer_send_bytes(puback, sizeof puback);
  }
}

/* The nth packet: when, on which connection, and what. */
static inline void peer_expect(size_t index, unsigned connection, uint64_t at_ms, const char *written) {
  uint8_t expected[1024];
  const size_t length = bytes_of(written, expected);
  const struct peer_packet *packet = &peer.packets[index];
  CHECK(index < peer.packet_count);
  if (index >= peer.packet_count) return;
  CHECK_EQUAL(connection, packet->connection);
  CHECK_EQUAL(at_ms, packet->at_ms);
  CHECK_EQUAL(length, packet->length);
  if (length == packet->length) CHECK_BYTES(expected, packet->bytes, length);
}

static inline void chip_log(char letter) {
  const size_t used = strlen(chip.log);
  if (used + 1 < sizeof chip.log) chip.log[used] = letter;
}

bool port_ending(void) { return peer.end_ms != 0 && peer_now() >= peer.end_ms; }

enum port_tls_error port_tls_connect(const struct port_tls_peer *server) {
  peer.dialled_ms = peer_now();
  fake_time_us += 1000u * (uint64_t)peer.connect_ms;
  (void)snprintf(peer.host, sizeof peer.host, "%s", server->host);
  peer.port = server->port;
  peer.tcp_timeout_ms = server->tcp_timeout_ms;
  peer.handshake_timeout_ms = server->handshake_timeout_ms;
  peer.certificate_count = server->certificate_count;
  peer.sent = 0;
  peer.read = 0;
  peer.hangs_up = false;
  peer.open = peer.error == PORT_TLS_OK;
  peer.connections++;
  return peer.error;
}

int port_tls_write(const uint8_t *bytes, size_t length, uint32_t timeout_ms) {
  struct peer_packet *packet = &peer.packets[peer.packet_count];
  if (!peer.open) return -1;
  if (peer.write_result < 1) {
    fake_time_us += 1000u * (uint64_t)(peer.write_result == 0 ? timeout_ms : 0u);
    return peer.write_result;
  }
  CHECK(length <= sizeof packet->bytes && peer.packet_count + 1 < PEER_PACKETS);
  packet->at_ms = peer_now();
  packet->connection = peer.connections;
  packet->length = length;
  memcpy(packet->bytes, bytes, length);
  peer.packet_count++;
  if (peer.answer != NULL) peer.answer(bytes, length);
  return (int)length;
}

static inline void publish_later(uint32_t timeout_ms) {
  if (peer.later_ms == 0 || peer.later_ms > peer_now() + timeout_ms || peer.sent > peer.read) return;
  fake_time_us = 1000u * peer.later_ms;
  peer.later_ms = 0;
  peer_publish("$dps/registrations/res/202/?$rid=9", peer.later);
}

int port_tls_read(uint8_t *bytes, size_t size, uint32_t timeout_ms) {
  publish_later(timeout_ms);
  size_t length = peer.sent - peer.read;
  if (!peer.open) return -1;
  if (length > size) length = size;
  if (length > peer.record_limit) length = peer.record_limit;
  if (length == 0 && peer.hangs_up) return -1;
  if (length == 0) fake_time_us += 1000u * (uint64_t)timeout_ms;
  if (length == 0 && peer.reads_end && port_ending()) return -1;
  memcpy(bytes, &peer.stream[peer.read], length);
  peer.read += length;
  if (peer.read == peer.sent) peer.read = peer.sent = 0;
  return (int)length;
}

void port_tls_close(void) {
  if (peer.open) peer.closed_ms = peer_now();
  peer.open = false;
}

void chip_keys_initialise_first(bool first) { chip_log(first ? 'K' : 'k'); }

int credentials_load(struct credentials *credentials, const char *common_name) {
  memset(credentials, 0, sizeof *credentials);
  chip_log(common_name == NULL ? 'C' : 'c');
  return chip.credentials_result;
}

int atecc_init(void) {
  chip_log('I');
  if (chip.good_inits == 0) return chip.init_result;
  chip.good_inits--;
  return ATECC_OK;
}

int atecc_read_serial_number(uint8_t serial[9]) {
  chip_log('S');
  memcpy(serial, chip.serial, 9);
  return ATECC_OK;
}

int atecc_read_slot_bytes(uint8_t slot, size_t offset, uint8_t *bytes, size_t length) {
  chip_log('r');
  CHECK_EQUAL(8, slot);
  CHECK(offset + length <= sizeof chip.slot8);
  if (chip.read_result == ATECC_OK) memcpy(bytes, &chip.slot8[offset], length);
  return chip.read_result;
}

int atecc_write_slot_bytes(uint8_t slot, size_t offset, const uint8_t *bytes, size_t length) {
  chip_log('w');
  CHECK_EQUAL(8, slot);
  CHECK(offset % 4 == 0 && length % 4 == 0 && offset + length <= sizeof chip.slot8);
  if (chip.write_result == ATECC_OK) memcpy(&chip.slot8[offset], bytes, length);
  return chip.write_result;
}

#endif
