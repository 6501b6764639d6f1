/*
 * Gives a TCP port of this machine the face of a serial line: prints the path of a terminal, and carries what is written to it
 * to the port and back, as it is. Ends with the connection, and so with the process that has the port.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

enum { TERMINAL, PORT, SIDES };

/* What was written to the terminal and the port has not taken yet. */
struct pending {
  char bytes[4096];
  size_t begin;
  size_t end;
};

static int failed(const char *what) {
  fprintf(stderr, "%s: %s\n", what, strerror(errno));
  return 1;
}

static int connect_to(int port) {
  const struct sockaddr_in address = {
    .sin_family = AF_INET,
    .sin_port = htons((uint16_t)port),
    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
  };
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0) return -1;
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return fd;
}

/*
 * No echo and nothing translated, as a real line has it before a host sets it up. Its own end stays open: the settings last,
 * and so does what nobody has read yet, whoever opens and closes it.
 */
static bool set_up(const char *path) {
  int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0) return false;
  struct termios settings;
  if (tcgetattr(fd, &settings) != 0) return false;
  cfmakeraw(&settings);
  cfsetspeed(&settings, B115200);
  return tcsetattr(fd, TCSANOW, &settings) == 0;
}

/* False when the other side is gone. */
static bool is_there(ssize_t count) {
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

static bool take(int terminal, struct pending *pending) {
  ssize_t count = read(terminal, pending->bytes, sizeof pending->bytes);
  pending->begin = 0;
  pending->end = count > 0 ? (size_t)count : 0;
  return is_there(count);
}

static bool hand_on(int port, struct pending *pending) {
  ssize_t count = write(port, pending->bytes + pending->begin, pending->end - pending->begin);
  if (count > 0) pending->begin += (size_t)count;
  return is_there(count);
}

/* As on a real line, what does not fit because nobody reads is lost: no host finds it that comes later. */
static bool answer(int port, int terminal) {
  char bytes[4096];
  ssize_t count = read(port, bytes, sizeof bytes);
  if (count > 0 && write(terminal, bytes, (size_t)count) < 0 && errno != EAGAIN) return false;
  return is_there(count);
}

static int carry(int terminal, int port) {
  struct pending pending = {.begin = 0, .end = 0};
  for (;;) {
    bool waits = pending.begin < pending.end;
    struct pollfd sides[SIDES] = {
      [TERMINAL] = {.fd = terminal, .events = waits ? 0 : POLLIN},
      [PORT] = {.fd = port, .events = POLLIN | (waits ? POLLOUT : 0)},
    };
    if (poll(sides, SIDES, -1) < 0) {
      if (errno == EINTR) continue;
      return failed("poll");
    }
    if ((sides[TERMINAL].revents & POLLIN) != 0 && !take(terminal, &pending)) return 0;
    if ((sides[PORT].revents & POLLOUT) != 0 && !hand_on(port, &pending)) return 0;
    if ((sides[PORT].revents & (POLLIN | POLLHUP | POLLERR)) != 0 && !answer(port, terminal)) return 0;
  }
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0 || grantpt(terminal) != 0 || unlockpt(terminal) != 0) return failed("pseudo terminal");
  const char *path = ptsname(terminal);
  if (path == NULL || !set_up(path)) return failed("pseudo terminal");
  int port = connect_to(atoi(arguments[1]));
  if (port < 0) return failed("port");
  if (fcntl(terminal, F_SETFL, O_NONBLOCK) != 0 || fcntl(port, F_SETFL, O_NONBLOCK) != 0) return failed("fcntl");
  if (printf("%s\n", path) < 0 || fflush(stdout) != 0) return failed("standard output");
  return carry(terminal, port);
}
