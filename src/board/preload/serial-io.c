#include "real.h"
#include "serial.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

/*
 * Reads as termios(3) has them. The text itself passes as it is: of the line discipline only what makes a read wait is
 * there, ICANON, VMIN and VTIME.
 */

enum { FOR_EVER = -1, DECISECOND_MS = 100 };

static bool non_blocking(int fd) {
  return REAL(fcntl)(fd, F_GETFL) & O_NONBLOCK;
}

/* 1 when there is something to read, 0 when the time is over, -1 and errno. */
static int await_input(int fd, int timeout) {
  if (timeout == 0) return 0;
  if (non_blocking(fd)) {
    errno = EAGAIN;
    return -1;
  }
  struct pollfd ready = {.fd = fd, .events = POLLIN};
  return poll(&ready, 1, timeout);
}

/* A hang-up: the board is gone. */
static bool hung_up(ssize_t count) {
  return count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR && errno != EFAULT);
}

/* Until `least` bytes have come, or one of the two times is over: that to the first byte, that between bytes. */
static ssize_t read_bytes(int fd, char *data, size_t count, size_t least, int first_ms, int between_ms) {
  size_t received = 0;
  int timeout = first_ms;
  while (received < least) {
    ssize_t more = recv(fd, data + received, count - received, MSG_DONTWAIT);
    if (more > 0) {
      received += (size_t)more;
      timeout = between_ms;
      continue;
    }
    if (hung_up(more)) break;
    if (errno == EFAULT) return -1;
    int ready = await_input(fd, timeout);
    if (ready == 0) break;
    if (ready < 0) return received > 0 ? (ssize_t)received : -1;
  }
  return (ssize_t)received;
}

/* Byte by byte, so that what follows the line stays where select and FIONREAD see it. */
static ssize_t read_line(int fd, char *data, size_t count) {
  size_t received = 0;
  while (received < count) {
    ssize_t more = read_bytes(fd, data + received, 1, 1, FOR_EVER, FOR_EVER);
    if (more < 0 && received == 0) return -1;
    if (more <= 0 || data[received++] == '\n') break;
  }
  return (ssize_t)received;
}

ssize_t serial_read(struct device *device, int fd, void *data, size_t count) {
  pthread_mutex_lock(&device->mutex);
  bool lines = device->settings.c_lflag & ICANON;
  size_t least = device->settings.c_cc[VMIN];
  int time = device->settings.c_cc[VTIME] * DECISECOND_MS;
  pthread_mutex_unlock(&device->mutex);

  if (lines) return read_line(fd, data, count);
  if (least == 0) return read_bytes(fd, data, count, count == 0 ? 0 : 1, time, time);
  return read_bytes(fd, data, count, least < count ? least : count, FOR_EVER, time == 0 ? FOR_EVER : time);
}

ssize_t serial_write(int fd, const void *data, size_t count) {
  ssize_t sent = send(fd, data, count, MSG_NOSIGNAL);
  if (sent < 0 && errno != EAGAIN && errno != EINTR && errno != EFAULT) errno = EIO;
  return sent;
}

int serial_flush(int fd, int queue) {
  char dropped[256];
  if (queue != TCIFLUSH && queue != TCOFLUSH && queue != TCIOFLUSH) {
    errno = EINVAL;
    return -1;
  }
  /* What was written is on its way at once: there is no output to drop. */
  while (queue != TCOFLUSH && recv(fd, dropped, sizeof dropped, MSG_DONTWAIT) > 0) {
  }
  return 0;
}
