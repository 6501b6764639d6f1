#include "steps.h"

#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

/* Pointers to no memory: what the kernel answers with EFAULT. */

/* Not constants, or the compiler would refuse to use them. */
static void *volatile nowhere;

/* The last `count` bytes before a page that nobody may touch. */
static uint8_t *before_wall(size_t count) {
  size_t page = (size_t)sysconf(_SC_PAGESIZE);
  uint8_t *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  mprotect(memory + page, page, PROT_NONE);
  return memory + page - count;
}

static void step_nowhere(char **arguments) {
  (void)arguments;
  print_result("read", read(descriptor, nowhere, 4));
  print_result("write", write(descriptor, nowhere, 4));
}

/* Two bytes of four are memory. */
static void step_wall(char **arguments) {
  (void)arguments;
  uint8_t *bytes = before_wall(2);
  print_result("read", read(descriptor, bytes, 4));
  print_result("write", write(descriptor, bytes, 4));
  print_result("write", write(descriptor, bytes, 2));
}

/* What is memory and not the program's to use: the kernel does not mind, AddressSanitizer does. */
static void step_write_beyond(char **arguments) {
  (void)arguments;
  uint8_t *volatile bytes = malloc(2);
  print_result("write", write(descriptor, bytes, 4));
}

static void step_read_beyond(char **arguments) {
  (void)arguments;
  uint8_t *volatile bytes = malloc(2);
  print_result("read", read(descriptor, bytes, 4));
}

static void step_wild_vectors(char **arguments) {
  (void)arguments;
  struct iovec segments[] = {{before_wall(1), 1}, {nowhere, 1}};
  print_result("writev", writev(descriptor, segments, 2));
  print_result("writev", writev(descriptor, segments + 1, 1));
  print_result("writev", writev(descriptor, nowhere, 1));
  print_result("readv", readv(descriptor, segments + 1, 1));
}

static void step_wild_ioctls(char **arguments) {
  (void)arguments;
  uint8_t *wall = before_wall(0);
  uint8_t byte = 0;
  struct i2c_msg messages[] = {{.addr = 0x50, .len = 1, .buf = &byte}, {.addr = 0x50, .flags = I2C_M_RD, .len = 1, .buf = wall}};
  struct i2c_rdwr_ioctl_data transfer = {messages, 2}, without_messages = {(struct i2c_msg *)(void *)wall, 1};
  struct i2c_smbus_ioctl_data smbus = {I2C_SMBUS_WRITE, 0, I2C_SMBUS_BYTE_DATA, (union i2c_smbus_data *)(void *)wall};
  print_result("I2C_RDWR", ioctl(descriptor, I2C_RDWR, &transfer));
  print_result("I2C_RDWR", ioctl(descriptor, I2C_RDWR, &without_messages));
  print_result("I2C_RDWR", ioctl(descriptor, I2C_RDWR, wall));
  print_result("I2C_SMBUS", ioctl(descriptor, I2C_SMBUS, &smbus));
  print_result("I2C_SMBUS", ioctl(descriptor, I2C_SMBUS, wall));
  print_result("I2C_FUNCS", ioctl(descriptor, I2C_FUNCS, wall));
}

static void step_wild_serial_ioctls(char **arguments) {
  (void)arguments;
  uint8_t *wall = before_wall(0);
  print_result("TCGETS", ioctl(descriptor, TCGETS, wall));
  print_result("TCSETS", ioctl(descriptor, TCSETS, wall));
  print_result("TIOCMGET", ioctl(descriptor, TIOCMGET, wall));
  print_result("TIOCMSET", ioctl(descriptor, TIOCMSET, wall));
  print_result("TIOCGWINSZ", ioctl(descriptor, TIOCGWINSZ, wall));
}

static void step_wild_paths(char **arguments) {
  void *wall = before_wall(0);
  print_result("open", open(wall, O_RDWR));
  print_result("access", access(wall, F_OK));
  print_result("stat", stat(wall, nowhere));
  print_result("stat", stat(arguments[0], wall));
  print_result("fstat", fstat(descriptor, wall));
  /* A path that ends where the memory does is a path. */
  size_t size = strlen(arguments[0]) + 1;
  print_result("access", access(memcpy(before_wall(size), arguments[0], size), F_OK));
}

const struct step POINTER_STEPS[] = {
  {"nowhere", step_nowhere, 0},
  {"wall", step_wall, 0},
  {"write-beyond", step_write_beyond, 0},
  {"read-beyond", step_read_beyond, 0},
  {"wild-vectors", step_wild_vectors, 0},
  {"wild-ioctls", step_wild_ioctls, 0},
  {"wild-serial-ioctls", step_wild_serial_ioctls, 0},
  {"wild-paths", step_wild_paths, 1},
  {NULL, NULL, 0},
};
