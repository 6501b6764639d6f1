#include "steps.h"

#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <sys/ioctl.h>

static void step_slave(char **arguments) {
  print_result("slave", ioctl(descriptor, I2C_SLAVE, strtoul(arguments[0], NULL, 16)));
}

static void step_force(char **arguments) {
  print_result("force", ioctl(descriptor, I2C_SLAVE_FORCE, strtoul(arguments[0], NULL, 16)));
}

static void step_ioctl(char **arguments) {
  print_result("ioctl", ioctl(descriptor, strtoul(arguments[0], NULL, 0), strtoul(arguments[1], NULL, 0)));
}

static void step_funcs(char **arguments) {
  (void)arguments;
  unsigned long functions = 0;
  print_result("funcs", ioctl(descriptor, I2C_FUNCS, &functions));
  printf("%08lx\n", functions);
}

/* "w50:1011" writes, "r50:2" reads, "l50:1" reads as many as the first byte says and so many besides. */
static void parse_message(char *text, struct i2c_msg *message, uint8_t *buffer) {
  char *colon = strchr(text, ':');
  *message = (struct i2c_msg){.addr = (uint16_t)strtoul(text + 1, NULL, 16), .buf = buffer};
  if (*text == 'w') {
    message->len = (uint16_t)parse_bytes(colon + 1, buffer, 300);
    return;
  }
  message->flags = I2C_M_RD;
  message->len = (uint16_t)strtoul(colon + 1, NULL, 10);
  if (*text != 'l') return;
  message->flags |= I2C_M_RECV_LEN;
  buffer[0] = (uint8_t)message->len;
  message->len += I2C_SMBUS_BLOCK_MAX;
}

static void step_rdwr(char **arguments) {
  static uint8_t buffers[I2C_RDWR_IOCTL_MAX_MSGS + 1][300];
  struct i2c_msg messages[I2C_RDWR_IOCTL_MAX_MSGS + 1];
  struct i2c_rdwr_ioctl_data data = {messages, 0};
  for (char *text = strtok(arguments[0], ","); text != NULL; text = strtok(NULL, ",")) {
    parse_message(text, &messages[data.nmsgs], buffers[data.nmsgs]);
    data.nmsgs++;
  }
  int result = ioctl(descriptor, I2C_RDWR, &data);
  print_result("rdwr", result);
  for (uint32_t i = 0; result >= 0 && i < data.nmsgs; i++) {
    if (!(messages[i].flags & I2C_M_RD)) continue;
    size_t count = messages[i].flags & I2C_M_RECV_LEN ? buffers[i][0] + 1u : messages[i].len;
    print_bytes(buffers[i], count);
  }
}

/* Direction, size, command, and the bytes of the union: a byte, a word in the machine's order, or a block with its count. */
static void step_smbus(char **arguments) {
  union i2c_smbus_data data = {0};
  struct i2c_smbus_ioctl_data transfer = {
    .read_write = *arguments[0] == 'r' ? I2C_SMBUS_READ : I2C_SMBUS_WRITE,
    .size = (uint32_t)strtoul(arguments[1], NULL, 10),
    .command = (uint8_t)strtoul(arguments[2], NULL, 16),
    .data = strcmp(arguments[3], "null") == 0 ? NULL : &data,
  };
  parse_bytes(arguments[3], data.block, sizeof data.block);
  print_result("smbus", ioctl(descriptor, I2C_SMBUS, &transfer));
  if (transfer.data != NULL) print_bytes(data.block, 8);
}

const struct step I2C_STEPS[] = {
  {"slave", step_slave, 1}, {"force", step_force, 1}, {"ioctl", step_ioctl, 2}, {"funcs", step_funcs, 0},
  {"rdwr", step_rdwr, 1},   {"smbus", step_smbus, 4}, {NULL, NULL, 0},
};
