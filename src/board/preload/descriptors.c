#include "descriptors.h"

#include "connection.h"
#include "real.h"
#include "serial.h"
#include "spares.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* Descriptors from here on are not followed; the system hands out the lowest that is free. */
enum { MOST_DESCRIPTORS = 1 << 16 };

/*
 * Which descriptors are boards'. Entries may be stale, because libc closes descriptors by calls of its own that cannot be
 * interposed (fclose, closefrom, posix_spawn): an entry counts only while the descriptor is a socket with its local port.
 * That a descriptor has none is seen without the mutex: signal handlers write to others at any moment.
 */
static struct device *_Atomic table[MOST_DESCRIPTORS];
static atomic_int used; /* descriptors from here on never had an entry */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* A child of vfork has descriptors of its own, and its parent's memory: it must leave the table alone. */
static atomic_int owner;

static bool owns_table(void) {
  return atomic_load(&owner) == getpid();
}

static void before_fork(void) {
  pthread_mutex_lock(&mutex);
}

static void after_fork_in_parent(void) {
  pthread_mutex_unlock(&mutex);
}

/* The threads that may have held mutexes are not there. */
static void after_fork_in_child(void) {
  atomic_store(&owner, getpid());
  pthread_mutex_init(&mutex, NULL);
  for (int fd = 0; fd < atomic_load(&used); fd++) {
    if (table[fd] != NULL) pthread_mutex_init(&table[fd]->mutex, NULL);
  }
}

static void release_locked(struct device *device) {
  if (device == NULL || --device->references > 0) return;
  pthread_mutex_destroy(&device->mutex);
  free(device);
}

void release_device(struct device *device) {
  pthread_mutex_lock(&mutex);
  release_locked(device);
  pthread_mutex_unlock(&mutex);
}

static bool in_table(int fd) {
  return fd >= 0 && fd < atomic_load(&used) && table[fd] != NULL;
}

static bool set_entry(int fd, struct device *device) {
  if (fd >= MOST_DESCRIPTORS) return false;
  struct device *former = table[fd];
  device->references++;
  table[fd] = device;
  if (fd >= atomic_load(&used)) atomic_store(&used, fd + 1);
  release_locked(former);
  return true;
}

static bool add_device(int fd, const struct place *place, pid_t process) {
  struct device *device = calloc(1, sizeof *device);
  if (device == NULL) return false;
  device->place = *place;
  device->local_port = local_port(fd);
  device->process = process;
  pthread_mutex_init(&device->mutex, NULL);
  reset_serial(device);
  pthread_mutex_lock(&mutex);
  bool added = set_entry(fd, device);
  pthread_mutex_unlock(&mutex);
  if (!added) free(device);
  return added;
}

static int connection_for(const struct place *place, bool close_on_exec) {
  int fd = -1;
  pthread_mutex_lock(&mutex);
  if (owns_table()) fd = take_spare(place, close_on_exec);
  pthread_mutex_unlock(&mutex);
  return fd >= 0 ? fd : connect_to(place, close_on_exec);
}

int open_device(const struct place *place, int flags) {
  int fd = connection_for(place, flags & O_CLOEXEC);
  if (fd < 0) {
    errno = -fd;
    return -1;
  }
  if (flags & O_NONBLOCK) REAL(fcntl)(fd, F_SETFL, O_NONBLOCK);
  if (add_device(fd, place, getpid())) return fd;
  REAL(close)(fd);
  errno = EMFILE;
  return -1;
}

struct device *hold_device(int fd) {
  if (!in_table(fd)) return NULL;
  pthread_mutex_lock(&mutex);
  struct device *device = table[fd];
  if (device != NULL && device->local_port == local_port(fd)) device->references++;
  else device = NULL;
  pthread_mutex_unlock(&mutex);
  return device;
}

/* Nobody else has the device, and the connection is this process's own. */
static bool is_last(const struct device *device, int fd) {
  return device != NULL && device->references == 1 && device->process == getpid() &&
         device->local_port == local_port(fd);
}

void forget_descriptor(int fd) {
  if (!in_table(fd) || !owns_table()) return;
  pthread_mutex_lock(&mutex);
  if (is_last(table[fd], fd) && table[fd]->place.kind == I2C) keep_spare(&table[fd]->place, fd);
  release_locked(table[fd]);
  table[fd] = NULL;
  pthread_mutex_unlock(&mutex);
}

void copy_descriptor(int from, int to) {
  if (!in_table(from) || to < 0 || from == to || !owns_table()) return;
  pthread_mutex_lock(&mutex);
  if (table[from] != NULL) set_entry(to, table[from]);
  pthread_mutex_unlock(&mutex);
}

/* Puts `connection` in the place of each descriptor of `device`, and closes it. */
static void replace_connection(struct device *device, int connection) {
  pthread_mutex_lock(&mutex);
  for (int fd = 0; fd < atomic_load(&used); fd++) {
    if (table[fd] != device || local_port(fd) != device->local_port) continue;
    bool close_on_exec = REAL(fcntl)(fd, F_GETFD) & FD_CLOEXEC;
    REAL(dup3)(connection, fd, close_on_exec ? O_CLOEXEC : 0);
  }
  device->local_port = local_port(connection);
  device->process = getpid();
  pthread_mutex_unlock(&mutex);
  REAL(close)(connection);
}

int claim_connection(struct device *device) {
  if (device->process == getpid()) return 0;
  int connection = connect_to(&device->place, true);
  if (connection < 0) return connection;
  replace_connection(device, connection);
  return 0;
}

/* Descriptors that were inherited over exec, as a shell's `exec 3<>/dev/i2c-0` hands them on. */
__attribute__((constructor)) static void adopt_inherited(void) {
  enum { HIGHEST = 63 };
  atomic_store(&owner, getpid());
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  for (int fd = 0; fd <= HIGHEST; fd++) {
    struct place place;
    in_port_t port = peer_port(fd);
    if (port != 0 && place_of_port(port, &place)) add_device(fd, &place, 0);
  }
}
