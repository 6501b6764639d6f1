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
 * interposed (fclose, closefrom, posix_spawn): an entry counts only while the descriptor has the name or port that it had.
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
  if (device->place.kind == I2C) keep_spare(&device->place, &device->connection);
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

static struct device *new_device(const struct place *place, int access) {
  struct device *device = calloc(1, sizeof *device);
  if (device == NULL) return NULL;
  device->place = *place;
  device->access = access;
  device->references = 1; /* the caller's */
  device->connection.fd = -1;
  pthread_mutex_init(&device->mutex, NULL);
  reset_serial(device);
  return device;
}

static bool add_device(int fd, struct device *device) {
  pthread_mutex_lock(&mutex);
  bool added = set_entry(fd, device);
  pthread_mutex_unlock(&mutex);
  return added;
}

static int connect_bus(struct device *device) {
  pthread_mutex_lock(&mutex);
  bool spare = owns_table() && take_spare(&device->place, &device->connection);
  pthread_mutex_unlock(&mutex);
  return spare ? 0 : connect_hidden(&device->place, &device->connection);
}

/* A descriptor of the device, or a negative errno. */
static int descriptor_of(struct device *device, bool close_on_exec) {
  if (device->place.kind == I2C) {
    int status = connect_bus(device);
    return status < 0 ? status : make_handle(&device->place, device->access, close_on_exec, &device->handle);
  }
  int fd = connect_to(&device->place, close_on_exec);
  if (fd >= 0) device->local_port = local_port(fd);
  return fd;
}

static int opened(const struct place *place, int flags) {
  struct device *device = new_device(place, flags & O_ACCMODE);
  if (device == NULL) return -ENOMEM;
  int fd = descriptor_of(device, flags & O_CLOEXEC);
  if (fd >= 0 && (flags & O_NONBLOCK)) REAL(fcntl)(fd, F_SETFL, O_NONBLOCK);
  if (fd >= 0 && !add_device(fd, device)) {
    REAL(close)(fd);
    fd = -EMFILE;
  }
  release_device(device);
  return fd;
}

int open_device(const struct place *place, int flags) {
  int fd = opened(place, flags);
  if (fd >= 0) return fd;
  errno = -fd;
  return -1;
}

static bool is_of(const struct device *device, int fd) {
  return device->place.kind == I2C ? is_handle(fd, &device->handle) : local_port(fd) == device->local_port;
}

struct device *hold_device(int fd) {
  if (!in_table(fd)) return NULL;
  pthread_mutex_lock(&mutex);
  struct device *device = table[fd];
  if (device != NULL && is_of(device, fd)) device->references++;
  else device = NULL;
  pthread_mutex_unlock(&mutex);
  return device;
}

bool place_of_descriptor(int fd, struct place *place) {
  struct device *device = hold_device(fd);
  if (device == NULL) return false;
  *place = device->place;
  release_device(device);
  return true;
}

void forget_descriptor(int fd) {
  if (!in_table(fd) || !owns_table()) return;
  pthread_mutex_lock(&mutex);
  release_locked(table[fd]);
  table[fd] = NULL;
  pthread_mutex_unlock(&mutex);
}

void copy_descriptor(int from, int to) {
  if (to < 0 || from == to || !owns_table()) return;
  if (!in_table(from)) {
    forget_descriptor(to);
    return;
  }
  pthread_mutex_lock(&mutex);
  if (table[from] != NULL) set_entry(to, table[from]);
  pthread_mutex_unlock(&mutex);
}

int claim_connection(struct device *device) {
  if (device->gone) return -ENODEV;
  if (stands(&device->connection)) return 0;
  end_connection(&device->connection);
  return connect_bus(device);
}

/* The device that an inherited descriptor was, as far as the descriptor itself says it. */
static struct device *inherited_device(int fd) {
  struct handle_name name;
  struct place place;
  in_port_t port;
  int access;
  if (read_handle(fd, &name, &port, &access)) {
    struct device *device = place_of_port(I2C, port, &place) ? new_device(&place, access) : NULL;
    if (device != NULL) device->handle = name;
    return device;
  }
  port = peer_port(fd);
  struct device *device = port != 0 && place_of_port(SERIAL, port, &place) ? new_device(&place, O_RDWR) : NULL;
  if (device != NULL) device->local_port = local_port(fd);
  return device;
}

/* Descriptors that were inherited over exec, as a shell's `exec 3<>/dev/i2c-0` hands them on. */
__attribute__((constructor)) static void adopt_inherited(void) {
  enum { HIGHEST = 63 };
  atomic_store(&owner, getpid());
  pthread_atfork(before_fork, after_fork_in_parent, after_fork_in_child);
  for (int fd = 0; fd <= HIGHEST; fd++) {
    struct device *device = inherited_device(fd);
    if (device == NULL) continue;
    add_device(fd, device);
    release_device(device);
  }
}
