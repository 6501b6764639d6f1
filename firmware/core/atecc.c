#include "atecc.h"

#include <stdbool.h>
#include <string.h>

#include "atecc_failure.h"
#include "atecc_frame.h"
#include "port.h"
#include "profile.h"

#define GENERAL_CALL 0x00u
/* The HAL's own fixed delay; the library's configured 1.5 ms are not used by it. */
#define WAKE_DELAY_US 10000u
#define FIRST_POLL_US 1000u
#define POLL_STEP_US 2000u
#define EXTRA_POLLS 1250u
/* Count, one byte of status, CRC. */
#define SHORTEST_REPLY 4u
#define REST_LIMIT 254u

/* One command at a time: the tasks of a firmware use the chip one after the other. */
static uint8_t packet[ATECC_FRAME_LIMIT];
static uint8_t rest[REST_LIMIT];
static struct atecc_failure failure;
static uint32_t commands;

const struct atecc_failure *atecc_last_failure(void) { return &failure; }

uint32_t atecc_commands(void) { return commands; }

static int failed(int result, enum atecc_failure_kind kind, size_t value, size_t expected) {
  failure.kind = kind;
  failure.value = (uint8_t)value;
  failure.expected = (uint8_t)expected;
  return result;
}

/* What a chip that was woken answers: count, status 11, CRC. */
static bool wake(void) {
  static const uint8_t awake[4] = {0x04, 0x11, 0x33, 0x43};
  uint8_t greeting[4];
  /* The wake pulse is START, the address 00, which is not acknowledged, and STOP; its outcome says nothing. */
  (void)port_i2c_write(PORT_BUS_CHIP, GENERAL_CALL, NULL, 0, true);
  port_i2c_delay_us(PORT_BUS_CHIP, WAKE_DELAY_US);
  if (!port_i2c_read(PORT_BUS_CHIP, PROFILE.chip.address, greeting, sizeof greeting)) return false;
  return memcmp(greeting, awake, sizeof awake) == 0;
}

/* The count byte of the reply, at the first poll at which the chip acknowledges its address. */
static bool poll(uint8_t *count) {
  port_i2c_delay_us(PORT_BUS_CHIP, FIRST_POLL_US);
  for (unsigned tries = 0; tries <= EXTRA_POLLS; tries++) {
    if (port_i2c_read(PORT_BUS_CHIP, PROFILE.chip.address, count, 1)) return true;
    port_i2c_delay_us(PORT_BUS_CHIP, POLL_STEP_US);
  }
  return false;
}

/* Sends the packet and takes the reply in; `payload` bytes of it, count and CRC removed, are then in `rest`. */
static int exchange(size_t length, size_t *payload) {
  uint8_t count = 0;
  if (!port_i2c_write(PORT_BUS_CHIP, PROFILE.chip.address, packet, length, true)) {
    return failed(ATECC_NOT_SENT, ATECC_FAILED_SEND, 0, 0);
  }
  if (!poll(&count)) return failed(ATECC_TIMEOUT, ATECC_FAILED_POLL, 0, 0);
  const size_t behind = (size_t)count - 1u;
  if (count < SHORTEST_REPLY || !port_i2c_read(PORT_BUS_CHIP, PROFILE.chip.address, rest, behind)) {
    return failed(ATECC_BAD_REPLY, ATECC_FAILED_COUNT, count, 0);
  }
  const size_t end = behind - 2u;
  const uint16_t crc = atecc_crc(atecc_crc(0, &count, 1), rest, end);
  if (rest[end] != (crc & 0xffu) || rest[end + 1u] != crc >> 8) {
    return failed(ATECC_BAD_REPLY, ATECC_FAILED_CRC, 0, 0);
  }
  *payload = end;
  return ATECC_OK;
}

int atecc_request(uint8_t opcode, uint8_t param1, uint16_t param2, const uint8_t *data, size_t length, uint8_t *reply,
                  size_t expected) {
  static const uint8_t idle[1] = {ATECC_WORD_IDLE};
  size_t payload = 0;
  failure.opcode = opcode;
  if (length > ATECC_DATA_LIMIT) return failed(ATECC_NOT_SENT, ATECC_FAILED_PACKET, 0, 0);
  const size_t frame_length = atecc_frame(packet, opcode, param1, param2, data, length);

  if (!wake()) return failed(ATECC_NO_WAKE, ATECC_FAILED_WAKE, 0, 0);
  const int result = exchange(frame_length, &payload);
  (void)port_i2c_write(PORT_BUS_CHIP, PROFILE.chip.address, idle, sizeof idle, true);
  if (result != ATECC_OK) return result;
  commands++;

  if (payload == 1u) {
    const uint8_t status = rest[0];
    if (expected == 0u && status == ATECC_OK) return ATECC_OK;
    return failed(status == ATECC_OK ? ATECC_BAD_REPLY : status, ATECC_FAILED_STATUS, status, 0);
  }
  if (payload != expected) return failed(ATECC_BAD_REPLY, ATECC_FAILED_LENGTH, payload, expected);
  memcpy(reply, rest, expected);
  return ATECC_OK;
}
