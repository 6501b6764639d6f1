/*
 * The chip of a test, and its bus: the test includes this file once. It has slots, keys as they were given to it, and
 * faults; it writes down what was said, and how long was waited. Check sums are computed otherwise than the driver
 * does.
 */
#ifndef FAKE_ATECC_H
#define FAKE_ATECC_H

#include <stdio.h>
#include <string.h>

#include "../core/port.h"
#include "fake_port.h"

struct fake_atecc {
  uint8_t config[128];
  uint8_t slots[16][416];
  uint8_t public_key[64]; /* of GenKey 00 */
  uint8_t new_public_key[64]; /* of GenKey 04 */
  uint8_t signature[64];
  uint8_t ecdh[64]; /* reply of ECDH */
  uint8_t random[32];

  /* Faults. A number of a command counts from 1; 0 is never. */
  bool absent;
  uint8_t greeting[4];
  unsigned deaf_at; /* does not acknowledge this command */
  unsigned busy_polls; /* polls of each command that are not acknowledged */
  unsigned status_at; /* answers this command with `status` */
  uint8_t status;
  unsigned raw_at; /* answers this command with `raw` instead */
  uint8_t raw[160];
  size_t raw_length;
  unsigned flip_at; /* answers this command with a changed first byte, CRC right */
  bool rest_refused; /* does not acknowledge the read behind the count byte */

  /* What was said. */
  char traffic[4096]; /* every transfer and wait, as `W60:03…`, `R60:4`, `D10000` */
  char commands[8192]; /* opcode, param1, param2 and, behind a colon, data of each command, `; ` between two */
  unsigned command_count;
  bool awake;
  unsigned nacks;
  uint8_t out[160];
  size_t out_length, out_at;
};

static struct fake_atecc fake_chip;

static void fake_atecc_reset(void) {
  memset(&fake_chip, 0, sizeof fake_chip);
  memcpy(fake_chip.greeting, "\x04\x11\x33\x43", 4);
  fake_chip.config[86] = 0x55;
  fake_chip.config[87] = 0x55;
  for (unsigned at = 0; at < 32u; at++) fake_chip.random[at] = (uint8_t)(0xa0u + at);
  for (unsigned at = 0; at < 64u; at++) {
    fake_chip.public_key[at] = (uint8_t)(1u + at);
    fake_chip.new_public_key[at] = (uint8_t)(0x41u + at);
    fake_chip.signature[at] = (uint8_t)(0x81u + at);
    fake_chip.ecdh[at] = (uint8_t)(0xc0u - at);
  }
  fake_port_reset();
}

static void fake_log(char *log, size_t size, const char *prefix, const uint8_t *bytes, size_t length) {
  size_t used = strlen(log);
  used += (size_t)snprintf(&log[used], size - used, "%s", prefix);
  for (size_t at = 0; at < length && used + 3u < size; at++) {
    used += (size_t)snprintf(&log[used], size - used, "%02x", bytes[at]);
  }
}

/* CRC-16/ARC in its reflected form; the chip's is the same with its 16 bits in reverse. */
static uint16_t fake_crc(const uint8_t *bytes, size_t length) {
  unsigned crc = 0;
  unsigned reversed = 0;
  for (size_t at = 0; at < length; at++) {
    crc ^= bytes[at];
    for (unsigned bit = 0; bit < 8u; bit++) crc = (crc & 1u) != 0u ? crc >> 1 ^ 0xa001u : crc >> 1;
  }
  for (unsigned bit = 0; bit < 16u; bit++) reversed |= ((crc >> bit) & 1u) << (15u - bit);
  return (uint16_t)reversed;
}

static void fake_reply(const uint8_t *payload, size_t length) {
  fake_chip.out[0] = (uint8_t)(length + 3u);
  memcpy(&fake_chip.out[1], payload, length);
  const uint16_t crc = fake_crc(fake_chip.out, length + 1u);
  fake_chip.out[length + 1u] = (uint8_t)(crc & 0xffu);
  fake_chip.out[length + 2u] = (uint8_t)(crc >> 8);
  fake_chip.out_length = length + 3u;
  fake_chip.out_at = 0;
}

static void fake_status(uint8_t status) { fake_reply(&status, 1); }

/* Where a Read or Write goes, NULL where there is no such place. */
static uint8_t *fake_place(uint8_t mode, uint16_t address, size_t length) {
  const size_t word = address & 7u;
  if ((mode & 3u) == 0u) {
    const size_t at = 4u * (address & 0x1fu);
    return at + length <= sizeof fake_chip.config ? &fake_chip.config[at] : NULL;
  }
  const size_t at = 32u * (size_t)(address >> 8) + 4u * word;
  return at + length <= sizeof fake_chip.slots[0] ? &fake_chip.slots[(address >> 3) & 15u][at] : NULL;
}

static void fake_execute(const uint8_t *packet) {
  const uint8_t mode = packet[2];
  const uint16_t address = (uint16_t)(packet[3] | packet[4] << 8);
  const uint8_t *const data = &packet[5];
  const size_t access = (mode & 0x80u) != 0u ? 32u : 4u;
  uint8_t *const place = fake_place(mode, address, access);
  switch (packet[1]) {
    case 0x02: place == NULL ? fake_status(0x03) : fake_reply(place, access); break;
    case 0x12:
      if (place != NULL) memcpy(place, data, access);
      fake_status(place == NULL ? 0x03 : 0x00);
      break;
    case 0x17:
      fake_chip.config[(mode & 1u) == 0u ? 87 : 86] = 0x00;
      fake_status(0x00);
      break;
    case 0x1b: fake_reply(fake_chip.random, 32); break;
    case 0x30: fake_reply((const uint8_t *)"\x00\x00\x60\x02", 4); break;
    case 0x40: fake_reply(mode == 0u ? fake_chip.public_key : fake_chip.new_public_key, 64); break;
    case 0x41: fake_reply(fake_chip.signature, 64); break;
    case 0x43: fake_reply(fake_chip.ecdh, 64); break;
    case 0x16: fake_status(0x00); break;
    default: fake_status(0x03); break;
  }
}

static void fake_command(const uint8_t *packet, size_t length) {
  char head[16];
  fake_chip.command_count++;
  (void)snprintf(head, sizeof head, "%s%02x %02x %02x%02x%s", fake_chip.command_count > 1u ? "; " : "", packet[1],
                 packet[2], packet[4], packet[3], length > 7u ? ":" : "");
  fake_log(fake_chip.commands, sizeof fake_chip.commands, head, &packet[5], length - 7u);
  const uint16_t crc = fake_crc(packet, length - 2u);
  if (packet[0] != length || packet[length - 2u] != (crc & 0xffu) || packet[length - 1u] != crc >> 8) {
    fake_status(0xff);
  } else if (fake_chip.command_count == fake_chip.status_at) {
    fake_status(fake_chip.status);
  } else {
    fake_execute(packet);
  }
  if (fake_chip.command_count == fake_chip.raw_at) {
    memcpy(fake_chip.out, fake_chip.raw, fake_chip.raw_length);
    fake_chip.out_length = fake_chip.raw_length;
  }
  if (fake_chip.command_count == fake_chip.flip_at) {
    uint8_t payload[64];
    const size_t size = fake_chip.out_length - 3u;
    memcpy(payload, &fake_chip.out[1], size);
    payload[0] ^= 1u;
    fake_reply(payload, size);
  }
  fake_chip.nacks = fake_chip.busy_polls;
}

bool port_i2c_write(enum port_bus bus, uint8_t address, const uint8_t *bytes, size_t length, bool stop) {
  char head[16];
  (void)snprintf(head, sizeof head, " W%02x:", address);
  fake_log(fake_chip.traffic, sizeof fake_chip.traffic, head, bytes, length);
  if (bus != PORT_BUS_CHIP || !stop || fake_chip.absent) return false;
  if (address == 0u) {
    fake_chip.awake = true;
    memcpy(fake_chip.out, fake_chip.greeting, 4);
    fake_chip.out_length = 4;
    fake_chip.out_at = 0;
    fake_chip.nacks = 0;
    return false;
  }
  if (address != 0x60u || !fake_chip.awake || length == 0u) return false;
  if (bytes[0] == 0x02u) fake_chip.awake = false;
  if (bytes[0] == 0x03u) {
    if (fake_chip.command_count + 1u == fake_chip.deaf_at) return false;
    fake_command(&bytes[1], length - 1u);
  }
  return true;
}

bool port_i2c_read(enum port_bus bus, uint8_t address, uint8_t *bytes, size_t length) {
  char head[24];
  bool acknowledged = bus == PORT_BUS_CHIP && !fake_chip.absent && address == 0x60u && fake_chip.awake;
  if (acknowledged && fake_chip.nacks > 0u) {
    fake_chip.nacks--;
    acknowledged = false;
  }
  if (fake_chip.rest_refused && fake_chip.out_at == 1u) acknowledged = false;
  (void)snprintf(head, sizeof head, " R%02x:%u%s", address, (unsigned)length, acknowledged ? "" : "!");
  fake_log(fake_chip.traffic, sizeof fake_chip.traffic, head, NULL, 0);
  if (!acknowledged) return false;
  for (size_t at = 0; at < length; at++) {
    bytes[at] = fake_chip.out_at < fake_chip.out_length ? fake_chip.out[fake_chip.out_at] : 0xff;
    fake_chip.out_at++;
  }
  return true;
}

void port_i2c_delay_us(enum port_bus bus, uint32_t us) {
  char head[24];
  (void)snprintf(head, sizeof head, " D%u", (unsigned)us);
  fake_log(fake_chip.traffic, sizeof fake_chip.traffic, head, NULL, 0);
  if (bus == PORT_BUS_CHIP) fake_time_us += us;
}

#endif
