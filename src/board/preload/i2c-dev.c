#include "i2c.h"

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

static ssize_t one_message(struct device *device, int fd, uint16_t flags, void *data, size_t count) {
  uint16_t length = (uint16_t)(count < I2C_MSG_MAX ? count : I2C_MSG_MAX);
  struct i2c_msg message = {.addr = device->address, .flags = flags, .len = length, .buf = data};
  return result(i2c_transfer(device, fd, &message, 1), length);
}

ssize_t i2c_read(struct device *device, int fd, void *data, size_t count) {
  return one_message(device, fd, I2C_M_RD, data, count);
}

ssize_t i2c_write(struct device *device, int fd, const void *data, size_t count) {
  return one_message(device, fd, 0, (void *)data, count);
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

static int combined(struct device *device, int fd, const struct i2c_rdwr_ioctl_data *data) {
  if (data == NULL) return -EFAULT;
  if (data->msgs == NULL || data->nmsgs == 0 || data->nmsgs > I2C_RDWR_IOCTL_MAX_MSGS) return -EINVAL;
  struct i2c_msg messages[I2C_RDWR_IOCTL_MAX_MSGS];
  for (uint32_t i = 0; i < data->nmsgs; i++) {
    messages[i] = data->msgs[i];
    if (messages[i].len > I2C_MSG_MAX) return -EINVAL;
    if (!(messages[i].flags & I2C_M_RECV_LEN)) continue;
    if (!room_for_block(&messages[i])) return -EINVAL;
    /* It comes in with the number of bytes beside the block's, its count included. */
    messages[i].len = messages[i].buf[0];
  }
  return i2c_transfer(device, fd, messages, data->nmsgs);
}

static int smbus(struct device *device, int fd, const struct i2c_smbus_ioctl_data *argument) {
  if (argument == NULL) return -EFAULT;
  struct i2c_smbus_ioctl_data transfer = *argument;
  if (transfer.size > I2C_SMBUS_I2C_BLOCK_DATA || transfer.read_write > I2C_SMBUS_READ) return -EINVAL;
  bool bare = transfer.size == I2C_SMBUS_QUICK ||
              (transfer.size == I2C_SMBUS_BYTE && transfer.read_write == I2C_SMBUS_WRITE);
  if (!bare && transfer.data == NULL) return -EINVAL;
  /* Programs from before 2.6.23: a read is always of 32 bytes. */
  if (transfer.size == I2C_SMBUS_I2C_BLOCK_BROKEN) {
    transfer.size = I2C_SMBUS_I2C_BLOCK_DATA;
    if (transfer.read_write == I2C_SMBUS_READ) transfer.data->block[0] = I2C_SMBUS_BLOCK_MAX;
  }
  return smbus_transfer(device, fd, &transfer);
}

static int get_functions(unsigned long *functions) {
  if (functions == NULL) return -EFAULT;
  *functions = FUNCTIONS;
  return 0;
}

int i2c_ioctl(struct device *device, int fd, unsigned long request, void *argument) {
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
      return result(get_functions(argument), 0);
    case I2C_RDWR: {
      const struct i2c_rdwr_ioctl_data *data = argument;
      int status = combined(device, fd, data);
      return result(status, status == 0 ? (int)data->nmsgs : 0);
    }
    case I2C_SMBUS:
      return result(smbus(device, fd, argument), 0);
    /* A board is never busy, and how long it takes is the machine's affair: both are taken and change nothing. */
    case I2C_RETRIES:
    case I2C_TIMEOUT:
      return result(value > INT_MAX ? -EINVAL : 0, 0);
    default:
      return result(-ENOTTY, 0);
  }
}
