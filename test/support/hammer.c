/*
 * `hammer HOW THREADS TIMES`: threads that each write a memory at 0x50 and read it back, with one descriptor for all
 * (shared), one for each (own), or one for each transfer (reopen). In one I2C_RDWR, so that none comes between.
 */
#include <fcntl.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int shared = -1;
static int reopen, times;
static atomic_int wrong;

static int open_bus(void) {
  return open("/dev/i2c-0", O_RDWR);
}

static int transfer(int fd, uint8_t place, uint8_t value) {
  uint8_t out[] = {place, value, value ^ 0xff};
  uint8_t in[2] = {0};
  struct i2c_msg messages[] = {
    {.addr = 0x50, .len = 3, .buf = out},
    {.addr = 0x50, .len = 1, .buf = out},
    {.addr = 0x50, .flags = I2C_M_RD, .len = 2, .buf = in},
  };
  struct i2c_rdwr_ioctl_data data = {messages, 3};
  return ioctl(fd, I2C_RDWR, &data) == 3 && in[0] == value && in[1] == out[2];
}

static void *hammer(void *argument) {
  uint8_t place = (uint8_t)(16 * (intptr_t)argument);
  int fd = shared >= 0 ? shared : open_bus();
  for (int i = 0; i < times; i++) {
    if (reopen) {
      close(fd);
      fd = open_bus();
    }
    if (!transfer(fd, place, (uint8_t)i)) wrong++;
  }
  if (shared < 0) close(fd);
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 4) return 2;
  int threads = atoi(arguments[2]);
  times = atoi(arguments[3]);
  reopen = strcmp(arguments[1], "reopen") == 0;
  if (strcmp(arguments[1], "shared") == 0) shared = open_bus();
  pthread_t thread[64];
  for (intptr_t i = 0; i < threads; i++) pthread_create(&thread[i], NULL, hammer, (void *)i);
  for (int i = 0; i < threads; i++) pthread_join(thread[i], NULL);
  printf("%d transfers, %d wrong\n", threads * times, wrong);
  return 0;
}
