#include "i2c.h"

#include <errno.h>
#include <string.h>

/*
 * SMBus over an adapter that knows only messages, with the messages, errors and PEC of the kernel's own emulation
 * (i2c_smbus_xfer_emulated, drivers/i2c/i2c-core-smbus.c): what a program sees on a Raspberry Pi.
 */

/* A write, a read, or a write and a read with a repeated start between them. */
struct messages {
  struct i2c_msg message[2];
  unsigned count;
  uint8_t written[1 + 1 + I2C_SMBUS_BLOCK_MAX + 1]; /* command, count, bytes, PEC */
  uint8_t received[1 + I2C_SMBUS_BLOCK_MAX + 1];    /* count, bytes, PEC */
};

static struct i2c_msg *last_of(struct messages *messages) {
  return &messages->message[messages->count - 1];
}

static bool is_read(const struct i2c_msg *message) {
  return message->flags & I2C_M_RD;
}

static void then_read(struct messages *messages, uint16_t length, uint16_t flags) {
  messages->count = 2;
  messages->message[1].len = length;
  messages->message[1].flags |= flags;
}

static void append(struct messages *messages, const void *bytes, size_t length) {
  memcpy(messages->written + messages->message[0].len, bytes, length);
  messages->message[0].len += (uint16_t)length;
}

static void append_word(struct messages *messages, uint16_t word) {
  append(messages, (const uint8_t[]){(uint8_t)word, (uint8_t)(word >> 8)}, 2);
}

/* Without a command byte; the direction is the message. */
static void only_read(struct messages *messages, uint16_t length) {
  messages->message[0].flags |= I2C_M_RD;
  messages->message[0].buf = messages->received;
  messages->message[0].len = length;
}

static int build(struct messages *messages, const struct i2c_smbus_ioctl_data *transfer) {
  const union i2c_smbus_data *data = transfer->data;
  bool read = transfer->read_write == I2C_SMBUS_READ;
  switch (transfer->size) {
    case I2C_SMBUS_QUICK:
      messages->message[0].len = 0;
      if (read) only_read(messages, 0);
      return 0;
    case I2C_SMBUS_BYTE:
      if (read) only_read(messages, 1);
      return 0;
    case I2C_SMBUS_BYTE_DATA:
      if (read) then_read(messages, 1, 0);
      else append(messages, &data->byte, 1);
      return 0;
    case I2C_SMBUS_WORD_DATA:
      if (read) then_read(messages, 2, 0);
      else append_word(messages, data->word);
      return 0;
    case I2C_SMBUS_PROC_CALL:
      append_word(messages, data->word);
      then_read(messages, 2, 0);
      return 0;
    case I2C_SMBUS_BLOCK_DATA:
      if (read) {
        then_read(messages, 1, I2C_M_RECV_LEN);
        return 0;
      }
      if (data->block[0] > I2C_SMBUS_BLOCK_MAX) return -EINVAL;
      append(messages, data->block, 1 + data->block[0]);
      return 0;
    case I2C_SMBUS_BLOCK_PROC_CALL:
      if (data->block[0] > I2C_SMBUS_BLOCK_MAX) return -EINVAL;
      append(messages, data->block, 1 + data->block[0]);
      then_read(messages, 1, I2C_M_RECV_LEN);
      return 0;
    case I2C_SMBUS_I2C_BLOCK_DATA:
      if (data->block[0] > I2C_SMBUS_BLOCK_MAX) return -EINVAL;
      if (read) then_read(messages, data->block[0], 0);
      else append(messages, data->block + 1, data->block[0]);
      return 0;
    default:
      return -EINVAL;
  }
}

static void deliver(struct messages *messages, const struct i2c_smbus_ioctl_data *transfer) {
  const uint8_t *received = messages->received;
  switch (transfer->size) {
    case I2C_SMBUS_QUICK:
      return;
    case I2C_SMBUS_BYTE:
    case I2C_SMBUS_BYTE_DATA:
      transfer->data->byte = received[0];
      return;
    case I2C_SMBUS_WORD_DATA:
    case I2C_SMBUS_PROC_CALL:
      transfer->data->word = (uint16_t)(received[0] | received[1] << 8);
      return;
    case I2C_SMBUS_I2C_BLOCK_DATA:
      memcpy(transfer->data->block + 1, received, transfer->data->block[0]);
      return;
    default:
      memcpy(transfer->data->block, received, 1 + received[0]);
  }
}

/* CRC-8 with the polynomial x^8 + x^2 + x + 1 (SMBus 3.1, 5.4.1.1). */
static uint8_t crc8(uint8_t crc, uint8_t byte) {
  crc ^= byte;
  for (int bit = 0; bit < 8; bit++) crc = (uint8_t)(crc & 0x80 ? crc << 1 ^ 0x07 : crc << 1);
  return crc;
}

/* PEC counts the address byte with its direction bit, too. */
static uint8_t pec_of(uint8_t pec, const struct i2c_msg *message, size_t length) {
  pec = crc8(pec, (uint8_t)(message->addr << 1 | is_read(message)));
  for (size_t i = 0; i < length; i++) pec = crc8(pec, message->buf[i]);
  return pec;
}

static void ask_for_pec(struct messages *messages) {
  struct i2c_msg *last = last_of(messages);
  if (is_read(last)) {
    last->len++;
    return;
  }
  uint8_t pec = pec_of(0, last, last->len);
  append(messages, &pec, 1);
}

static int check_pec(struct messages *messages) {
  const struct i2c_msg *last = last_of(messages);
  if (!is_read(last)) return 0;
  uint8_t pec = messages->count == 1 ? 0 : pec_of(0, &messages->message[0], messages->message[0].len);
  return pec_of(pec, last, last->len - 1u) == last->buf[last->len - 1] ? 0 : -EBADMSG;
}

int smbus_transfer(struct device *device, const struct i2c_smbus_ioctl_data *transfer) {
  struct messages messages = {.count = 1, .written = {transfer->command}};
  messages.message[0] = (struct i2c_msg){.addr = device->address, .len = 1, .buf = messages.written};
  messages.message[1] = (struct i2c_msg){.addr = device->address, .flags = I2C_M_RD, .buf = messages.received};
  bool pec = device->pec && transfer->size != I2C_SMBUS_QUICK && transfer->size != I2C_SMBUS_I2C_BLOCK_DATA;

  int status = build(&messages, transfer);
  if (status == 0 && pec) ask_for_pec(&messages);
  if (status == 0) status = i2c_transfer(device, messages.message, messages.count);
  if (status == 0 && pec) status = check_pec(&messages);
  if (status == 0 && is_read(last_of(&messages))) deliver(&messages, transfer);
  return status;
}
