#ifndef I2C_H
#define I2C_H

#include "device.h"

#include <stdint.h>

/* What is needed of <linux/i2c.h> and <linux/i2c-dev.h>, which come with the kernel's headers and not with every libc. */

#define I2C_RETRIES 0x0701UL
#define I2C_TIMEOUT 0x0702UL
#define I2C_SLAVE 0x0703UL
#define I2C_TENBIT 0x0704UL
#define I2C_FUNCS 0x0705UL
#define I2C_SLAVE_FORCE 0x0706UL
#define I2C_RDWR 0x0707UL
#define I2C_PEC 0x0708UL
#define I2C_SMBUS 0x0720UL

#define I2C_M_RD 0x0001
#define I2C_M_DMA_SAFE 0x0200 /* says where the buffer lies */
#define I2C_M_RECV_LEN 0x0400 /* the first byte read says how many follow */

struct i2c_msg {
  uint16_t addr;
  uint16_t flags;
  uint16_t len;
  uint8_t *buf;
};

struct i2c_rdwr_ioctl_data {
  struct i2c_msg *msgs;
  uint32_t nmsgs;
};

#define I2C_RDWR_IOCTL_MAX_MSGS 42
#define I2C_MSG_MAX 8192 /* of i2c-dev, for one message, read or write */

#define I2C_SMBUS_READ 1
#define I2C_SMBUS_WRITE 0

#define I2C_SMBUS_QUICK 0
#define I2C_SMBUS_BYTE 1
#define I2C_SMBUS_BYTE_DATA 2
#define I2C_SMBUS_WORD_DATA 3
#define I2C_SMBUS_PROC_CALL 4
#define I2C_SMBUS_BLOCK_DATA 5
#define I2C_SMBUS_I2C_BLOCK_BROKEN 6
#define I2C_SMBUS_BLOCK_PROC_CALL 7
#define I2C_SMBUS_I2C_BLOCK_DATA 8

#define I2C_SMBUS_BLOCK_MAX 32

union i2c_smbus_data {
  uint8_t byte;
  uint16_t word;
  uint8_t block[I2C_SMBUS_BLOCK_MAX + 2]; /* its count, the bytes, and one for PEC */
};

struct i2c_smbus_ioctl_data {
  uint8_t read_write;
  uint8_t command;
  uint32_t size;
  union i2c_smbus_data *data;
};

/*
 * The messages as one transfer with one stop. 0, or a negative errno as the kernel's fault-codes.rst has them: -ENXIO when no
 * chip acknowledges its address (some adapters say EREMOTEIO; ENXIO is what the document asks for, and i2c-gpio says), -EIO
 * when one refuses a byte, -ENODEV and -ETIMEDOUT when the board is gone. A message with I2C_M_RECV_LEN asks for `len` bytes
 * beside those that its first byte announces, and its `len` grows by them. Buffers may be the program's: -EFAULT.
 */
int i2c_transfer(struct device *device, struct i2c_msg *messages, unsigned count);

/* One SMBus transfer by I2C messages. 0, or a negative errno; -EBADMSG for a wrong PEC. */
int smbus_transfer(struct device *device, const struct i2c_smbus_ioctl_data *transfer);

/* The system calls on /dev/i2c-k. -1 and errno, or what the kernel returns. */
ssize_t i2c_read(struct device *device, void *data, size_t count);
ssize_t i2c_write(struct device *device, const void *data, size_t count);
int i2c_ioctl(struct device *device, unsigned long request, void *argument);

#endif
