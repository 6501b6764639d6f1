/* A board of `emu board` (docs/board.md, "I2C over TCP"): one request, one reply; integers are little endian. */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ending.h"
#include "i2c.h"

#define HEADER 4u /* request: letter, address, length; reply: status, length */
#define LONGEST_DELAY_US 10000000u

enum { ACKNOWLEDGED = 0 };

static bool send_all(int descriptor, const uint8_t *bytes, size_t length) {
  size_t sent = 0;
  while (sent < length) {
    const ssize_t count = send(descriptor, bytes + sent, length - sent, MSG_NOSIGNAL);
    if (count > 0) sent += (size_t)count;
    else if (count < 0 && errno != EINTR) return false;
  }
  return true;
}

static bool receive_all(int descriptor, uint8_t *bytes, size_t length) {
  size_t received = 0;
  while (received < length) {
    const ssize_t count = recv(descriptor, bytes + received, length - received, 0);
    if (count > 0) received += (size_t)count;
    else if (count == 0 || errno != EINTR) return false;
  }
  return true;
}

/* Sends a request and takes its reply in, up to `size` bytes of data. The status, or -1 when the board is gone. */
static int request(struct i2c_wire *wire, const uint8_t *bytes, size_t length, uint8_t *data, size_t size) {
  uint8_t header[3];
  if (!send_all(wire->descriptor, bytes, length) || !receive_all(wire->descriptor, header, sizeof header)) return -1;
  const size_t announced = (size_t)(header[1] | header[2] << 8);
  uint8_t taken[2]; /* behind a byte of data that was not acknowledged: how many the part took */
  if (announced == 0) return header[0];
  if (announced == size) return receive_all(wire->descriptor, data, size) ? header[0] : -1;
  return announced == sizeof taken && receive_all(wire->descriptor, taken, sizeof taken) ? header[0] : -1;
}

static bool acknowledged(int status) {
  if (status < 0) ending_give_up("the board has hung up");
  return status == ACKNOWLEDGED;
}

static bool write_tcp(struct i2c_wire *wire, uint8_t address, const uint8_t *bytes, size_t length, bool stop) {
  uint8_t packet[HEADER + I2C_TRANSFER_LIMIT] = {stop ? 'W' : 'S', address, (uint8_t)length, (uint8_t)(length >> 8)};
  if (length > 0) memcpy(packet + HEADER, bytes, length);
  return acknowledged(request(wire, packet, HEADER + length, NULL, 0));
}

static bool read_tcp(struct i2c_wire *wire, uint8_t address, uint8_t *bytes, size_t length) {
  const uint8_t packet[HEADER] = {'R', address, (uint8_t)length, (uint8_t)(length >> 8)};
  return acknowledged(request(wire, packet, sizeof packet, bytes, length));
}

/* The board waits, so that its parts' time is what this driver waited and not how late the machine is. */
static void delay_tcp(struct i2c_wire *wire, uint32_t us) {
  uint32_t left = us;
  while (left > 0) {
    const uint32_t part = left < LONGEST_DELAY_US ? left : LONGEST_DELAY_US;
    const uint8_t packet[HEADER + 4] = {
        'D', 0, 4, 0, (uint8_t)part, (uint8_t)(part >> 8), (uint8_t)(part >> 16), (uint8_t)(part >> 24)};
    if (!acknowledged(request(wire, packet, sizeof packet, NULL, 0))) return;
    left -= part;
  }
}

bool i2c_tcp_open(struct i2c_wire *wire, const char *host, const char *port) {
  static const struct i2c_kind tcp = {write_tcp, read_tcp, delay_tcp};
  const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
  const int now = 1;
  struct addrinfo *found = NULL;
  wire->kind = &tcp;
  wire->descriptor = -1;
  if (getaddrinfo(host, port, &hints, &found) != 0) {
    errno = EADDRNOTAVAIL;
    return false;
  }
  for (const struct addrinfo *each = found; each != NULL && wire->descriptor < 0; each = each->ai_next) {
    const int descriptor = socket(each->ai_family, SOCK_STREAM, 0);
    if (descriptor < 0) continue;
    if (connect(descriptor, each->ai_addr, each->ai_addrlen) == 0) wire->descriptor = descriptor;
    else (void)close(descriptor);
  }
  freeaddrinfo(found);
  /* Each request waits for its reply: none may wait for another packet. */
  return wire->descriptor >= 0 && setsockopt(wire->descriptor, IPPROTO_TCP, TCP_NODELAY, &now, sizeof now) == 0;
}
