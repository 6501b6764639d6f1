#include "i2c.h"

#include "memory.h"

#include <errno.h>
#include <limits.h>

/* The device file as Documentation/i2c/dev-interface.rst has it. */

/* What adapters have that know only messages: I2C_FUNC_I2C and I2C_FUNC_SMBUS_EMUL_ALL. */
static const unsigned long FUNCTIONS = 0x00000001UL | 0x0eff0008UL | 0x01000000UL | 0x00008000UL;

static int result(int status, int success) {
  if (status == 0) return success;
  errno = -status;
  return -1;
}

static ssize_t one_message(struct device *device, uint16_t flags, void *data, size_t count) {
  uint16_t length = (uint16_t)(count < I2C_MSG_MAX ? count : I2C_MSG_MAX);
  struct i2c_msg message = {.addr = device->address, .flags = flags, .len = length, .buf = data};
  return result(i2c_transfer(device, &message, 1), length);
}

ssize_t i2c_read(struct device *device, void *data, size_t count) {
  return one_message(device, I2C_M_RD, data, count);
}

ssize_t i2c_write(struct device *device, const void *data, size_t count) {
  return one_message(device, 0, (void *)data, count);
}

static int set_address(struct device *device, uintptr_t address) {
  if (address > 0x7f) return -EINVAL;
  device->address = (uint8_t)address;
  return 0;
}

/* The program's buffer must hold the longest block that may come. */
static bool room_for_block(const struct i2c_msg *message) {
  return (message->flags & I2C_M_RD) && message->len >= 1 && message->buf[0] >= 1 &&
         message->len >= message->buf[0] + I2C_SMBUS_BLOCK_MAX;
}

static int check_message(struct i2c_msg *message) {
  if (message->len > I2C_MSG_MAX) return -EINVAL;
  int status = check_readable(message->buf, message->len);
  if (status < 0 || !(message->flags & I2C_M_RECV_LEN)) return status;
  if (!room_for_block(message)) return -EINVAL;
  /* It comes in with the number of bytes beside the block's, its count included. */
  message->len = message->buf[0];
  return 0;
}

/* The number of messages, or a negative errno. */
static int combined(struct device *device, const struct i2c_rdwr_ioctl_data *argument) {
  struct i2c_rdwr_ioctl_data data;
  struct i2c_msg messages[I2C_RDWR_IOCTL_MAX_MSGS];
  int status = copy_from_program(&data, argument, sizeof data);
  if (status < 0) return status;
  if (data.msgs == NULL || data.nmsgs == 0 || data.nmsgs > I2C_RDWR_IOCTL_MAX_MSGS) return -EINVAL;
  status = copy_from_program(messages, data.msgs, data.nmsgs * sizeof *messages);
  for (uint32_t i = 0; status == 0 && i < data.nmsgs; i++) status = check_message(&messages[i]);
  if (status == 0) status = i2c_transfer(device, messages, data.nmsgs);
  return status < 0 ? status : (int)data.nmsgs;
}

/* What of the program's union a transfer of this size uses. */
static size_t size_of_data(uint32_t size) {
  switch (size) {
    case I2C_SMBUS_BYTE:
    case I2C_SMBUS_BYTE_DATA:
      return sizeof(uint8_t);
    case I2C_SMBUS_WORD_DATA:
    case I2C_SMBUS_PROC_CALL:
      return sizeof(uint16_t);
    default:
      return sizeof(union i2c_smbus_data);
  }
}

static bool is_call(uint32_t size) {
  return size == I2C_SMBUS_PROC_CALL || size == I2C_SMBUS_BLOCK_PROC_CALL;
}

static int smbus_with_data(struct device *device, struct i2c_smbus_ioctl_data transfer) {
  union i2c_smbus_data *program = transfer.data, data = {0};
  size_t used = size_of_data(transfer.size);
  bool read = transfer.read_write == I2C_SMBUS_READ;
  int status = 0;
  if (!read || is_call(transfer.size) || transfer.size == I2C_SMBUS_I2C_BLOCK_DATA) {
    status = copy_from_program(&data, program, used);
  }
  if (status < 0) return status;
  /* Programs from before 2.6.23: a read is always of 32 bytes. */
  if (transfer.size == I2C_SMBUS_I2C_BLOCK_BROKEN) {
    transfer.size = I2C_SMBUS_I2C_BLOCK_DATA;
    if (read) data.block[0] = I2C_SMBUS_BLOCK_MAX;
  }
  transfer.data = &data;
  status = smbus_transfer(device, &transfer);
  return status == 0 && (read || is_call(transfer.size)) ? copy_to_program(program, &data, used) : status;
}

static int smbus(struct device *device, const struct i2c_smbus_ioctl_data *argument) {
  struct i2c_smbus_ioctl_data transfer;
  int status = copy_from_program(&transfer, argument, sizeof transfer);
  if (status < 0) return status;
  if (transfer.size > I2C_SMBUS_I2C_BLOCK_DATA || transfer.read_write > I2C_SMBUS_READ) return -EINVAL;
  bool bare = transfer.size == I2C_SMBUS_QUICK ||
              (transfer.size == I2C_SMBUS_BYTE && transfer.read_write == I2C_SMBUS_WRITE);
  if (bare) return smbus_transfer(device, &transfer);
  return transfer.data == NULL ? -EINVAL : smbus_with_data(device, transfer);
}

int i2c_ioctl(struct device *device, unsigned long request, void *argument) {
  uintptr_t value = (uintptr_t)argument;
  switch (request) {
    case I2C_SLAVE:
    case I2C_SLAVE_FORCE:
      return result(set_address(device, value), 0);
    case I2C_TENBIT:
      return result(value == 0 ? 0 : -EINVAL, 0);
    case I2C_PEC:
      device->pec = value != 0;
      return 0;
    case I2C_FUNCS:
      return result(copy_to_program(argument, &FUNCTIONS, sizeof FUNCTIONS), 0);
    case I2C_RDWR: {
      int count = combined(device, argument);
      return result(count < 0 ? count : 0, count);
    }
    case I2C_SMBUS:
      return result(smbus(device, argument), 0);
    /* A board is never busy, and how long it takes is the machine's affair: both are taken and change nothing. */
    case I2C_RETRIES:
    case I2C_TIMEOUT:
      return result(value > INT_MAX ? -EINVAL : 0, 0);
    default:
      return result(-ENOTTY, 0);
  }
}
