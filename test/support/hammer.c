/*
 * `hammer ADDRESS HOW THREADS TIMES`: threads that each read two registers of their own again and again, which must always be
 * what they were at first. A register is set and read in one I2C_RDWR: it goes wrong when another thread comes between. HOW:
 * one descriptor for all (shared), one for each (own), or one for each transfer (reopen).
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

enum { FIRST_REGISTER = 0x88, PAIRS = 12, MOST_THREADS = 64 };

static int shared = -1;
static int reopen, times;
static uint16_t address;
static uint8_t expected[PAIRS][2];
static atomic_int wrong;

static int open_bus(void) {
  return open("/dev/i2c-0", O_RDWR);
}

static int read_pair(int fd, int pair, uint8_t values[2]) {
  uint8_t place = (uint8_t)(FIRST_REGISTER + 2 * pair);
  struct i2c_msg messages[] = {
    {.addr = address, .len = 1, .buf = &place},
    {.addr = address, .flags = I2C_M_RD, .len = 2, .buf = values},
  };
  struct i2c_rdwr_ioctl_data data = {messages, 2};
  return ioctl(fd, I2C_RDWR, &data) == 2;
}

static void *hammer(void *argument) {
  int pair = (int)(intptr_t)argument % PAIRS;
  int fd = shared >= 0 ? shared : open_bus();
  for (int i = 0; i < times; i++) {
    uint8_t values[2] = {0};
    if (reopen) {
      close(fd);
      fd = open_bus();
    }
    if (!read_pair(fd, pair, values) || memcmp(values, expected[pair], 2) != 0) wrong++;
  }
  if (shared < 0) close(fd);
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  address = (uint16_t)strtoul(arguments[1], NULL, 16);
  reopen = strcmp(arguments[2], "reopen") == 0;
  int threads = atoi(arguments[3]);
  times = atoi(arguments[4]);
  if (threads > MOST_THREADS) return 2;

  int first = open_bus();
  for (int pair = 0; pair < PAIRS; pair++) {
    if (!read_pair(first, pair, expected[pair])) return 1;
  }
  if (strcmp(arguments[2], "shared") == 0) shared = first;
  else close(first);

  pthread_t thread[MOST_THREADS];
  for (intptr_t i = 0; i < threads; i++) pthread_create(&thread[i], NULL, hammer, (void *)i);
  for (int i = 0; i < threads; i++) pthread_join(thread[i], NULL);
  printf("%d transfers, %d wrong\n", threads * times, wrong);
  return 0;
}
