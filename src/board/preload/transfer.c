#include "connection.h"
#include "descriptors.h"
#include "i2c.h"
#include "memory.h"

#include <errno.h>

enum op { WRITE = 'W', WRITE_WITHOUT_STOP = 'S', READ = 'R' };
enum status { ACK = 0, ADDRESS_NACK = 1, DATA_NACK = 2 };

/* status len16, little endian. */
struct reply {
  uint8_t status;
  uint16_t length;
};

static int send_request(int fd, enum op op, uint8_t address, const uint8_t *data, uint16_t length) {
  uint8_t request[4 + I2C_MSG_MAX] = {(uint8_t)op, address, (uint8_t)length, (uint8_t)(length >> 8)};
  size_t carried = op == READ ? 0 : length;
  int status = copy_from_program(request + 4, data, carried);
  return status < 0 ? status : send_all(fd, request, 4 + carried);
}

static int receive_reply(int fd, struct reply *reply) {
  uint8_t head[3];
  int status = receive_all(fd, head, sizeof head);
  if (status == 0) *reply = (struct reply){head[0], (uint16_t)(head[1] | head[2] << 8)};
  return status;
}

static int refused(int fd, const struct reply *reply) {
  uint8_t taken[2];
  if (reply->length > sizeof taken) return give_up(fd);
  int status = receive_all(fd, taken, reply->length);
  if (status < 0) return status;
  return reply->status == ADDRESS_NACK ? -ENXIO : reply->status == DATA_NACK ? -EIO : give_up(fd);
}

/* All of it before any goes to the program, so that a bad pointer leaves the connection as it should be. */
static int receive_data(int fd, uint8_t *data, uint16_t length) {
  uint8_t received[I2C_MSG_MAX];
  int status = receive_all(fd, received, length);
  return status < 0 ? status : copy_to_program(data, received, length);
}

/* `data` is the program's. */
static int exchange(int fd, enum op op, uint8_t address, uint8_t *data, uint16_t length) {
  struct reply reply = {0};
  int status = send_request(fd, op, address, data, length);
  if (status == 0) status = receive_reply(fd, &reply);
  if (status < 0) return status;
  if (reply.status != ACK) return refused(fd, &reply);
  if (reply.length != (op == READ ? length : 0)) return give_up(fd);
  return receive_data(fd, data, reply.length);
}

/*
 * The board is told a fixed number of bytes before the first is known, so that as many are read as could follow; what is
 * beyond those that do is dropped.
 */
static int read_counted(int fd, struct i2c_msg *message) {
  uint8_t bytes[UINT8_MAX + I2C_SMBUS_BLOCK_MAX];
  int status = exchange(fd, READ, (uint8_t)message->addr, bytes, message->len + I2C_SMBUS_BLOCK_MAX);
  if (status < 0) return status;
  if (bytes[0] < 1 || bytes[0] > I2C_SMBUS_BLOCK_MAX) return -EPROTO;
  message->len += bytes[0];
  return copy_to_program(message->buf, bytes, message->len);
}

/* In the board's protocol a read always ends in a stop, also where another message follows it. */
static int carry_out(int fd, struct i2c_msg *message, bool last) {
  if (message->flags & I2C_M_RECV_LEN) return read_counted(fd, message);
  enum op op = message->flags & I2C_M_RD ? READ : last ? WRITE : WRITE_WITHOUT_STOP;
  return exchange(fd, op, (uint8_t)message->addr, message->buf, message->len);
}

static int check(const struct i2c_msg *message) {
  if (message->addr > 0x7f || message->len > I2C_MSG_MAX) return -EINVAL;
  /* No ten-bit addresses, and none of the flags of I2C_FUNC_PROTOCOL_MANGLING. */
  if ((message->flags & ~(I2C_M_RD | I2C_M_DMA_SAFE | I2C_M_RECV_LEN)) != 0) return -EOPNOTSUPP;
  bool counted = message->flags & I2C_M_RECV_LEN;
  return counted && (message->len < 1 || message->len > UINT8_MAX) ? -EINVAL : 0;
}

static int carry_out_all(struct device *device, struct i2c_msg *messages, unsigned count) {
  int status = claim_connection(device);
  for (unsigned i = 0; status == 0 && i < count; i++) {
    status = carry_out(device->connection.fd, &messages[i], i + 1 == count);
    device->gone = status == -ENODEV || status == -ETIMEDOUT;
  }
  return status;
}

int i2c_transfer(struct device *device, struct i2c_msg *messages, unsigned count) {
  /* All before the first, which may leave the bus without a stop. */
  for (unsigned i = 0; i < count; i++) {
    int refusal = check(&messages[i]);
    if (refusal < 0) return refusal;
  }
  pthread_mutex_lock(&device->mutex);
  int status = carry_out_all(device, messages, count);
  pthread_mutex_unlock(&device->mutex);
  return status;
}
