#include "handle.h"

#include "real.h"

#include <errno.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char FORMAT[] = "emu-board-i2c/%u/%d/%d.%u"; /* the board's port, access, process, count */

/* The name without the zero byte before it; false when `fd` has none. */
static bool name_of(int fd, struct handle_name *name) {
  struct sockaddr_un address = {0};
  socklen_t size = sizeof address;
  int before = errno;
  int status = getsockname(fd, (struct sockaddr *)&address, &size);
  errno = before;
  size_t prefix = offsetof(struct sockaddr_un, sun_path) + 1;
  if (status < 0 || address.sun_family != AF_UNIX || size <= prefix || address.sun_path[0] != '\0') return false;
  size_t length = size - prefix;
  if (length >= sizeof name->text) return false;
  memcpy(name->text, address.sun_path + 1, length);
  name->text[length] = '\0';
  return true;
}

static int bind_name(int fd, const struct handle_name *name) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  size_t length = strlen(name->text);
  memcpy(address.sun_path + 1, name->text, length);
  socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + length);
  return bind(fd, (const struct sockaddr *)&address, size) == 0 ? 0 : -errno;
}

int make_handle(const struct place *place, int access, bool close_on_exec, struct handle_name *name) {
  static atomic_uint count;
  int fd = socket(AF_UNIX, SOCK_STREAM | (close_on_exec ? SOCK_CLOEXEC : 0), 0);
  if (fd < 0) return -errno;
  int status;
  do {
    unsigned number = atomic_fetch_add(&count, 1);
    snprintf(name->text, sizeof name->text, FORMAT, (unsigned)place->port, access, (int)getpid(), number);
    status = bind_name(fd, name);
    /* In use where a program of this process's number handed one on and ended. */
  } while (status == -EADDRINUSE);
  if (status == 0) return fd;
  REAL(close)(fd);
  return status;
}

bool is_handle(int fd, const struct handle_name *name) {
  struct handle_name found;
  return name_of(fd, &found) && strcmp(found.text, name->text) == 0;
}

bool read_handle(int fd, struct handle_name *name, in_port_t *port, int *access) {
  unsigned number, count;
  int process;
  if (!name_of(fd, name) || sscanf(name->text, FORMAT, &number, access, &process, &count) != 4) return false;
  *port = (in_port_t)number;
  return true;
}
