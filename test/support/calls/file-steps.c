#include "steps.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

/* Not constant, so that a fortified build must call __open_2 and its like, which check them. */
static volatile int flags = O_RDWR;

static void opened(const char *name, int fd) {
  if (fd < 0) print_result(name, fd);
  else printf("%s ok\n", name);
  descriptor = fd;
}

static void step_open(char **arguments) {
  opened("open", open(arguments[0], flags));
}

static void step_open64(char **arguments) {
  opened("open64", open64(arguments[0], flags));
}

static void step_openat(char **arguments) {
  opened("openat", openat(AT_FDCWD, arguments[0], flags));
}

static void step_openat64(char **arguments) {
  opened("openat64", openat64(AT_FDCWD, arguments[0], flags));
}

static void step_open_nonblocking(char **arguments) {
  opened("open", open(arguments[0], flags | O_NONBLOCK | O_NOCTTY));
}

static void step_open_reading(char **arguments) {
  opened("open", open(arguments[0], O_RDONLY));
}

static void step_open_writing(char **arguments) {
  opened("open", open(arguments[0], O_WRONLY));
}

static void step_creat(char **arguments) {
  opened("creat", creat(arguments[0], 0600));
}

/* A directory and a name in it. */
static void step_open_in(char **arguments) {
  int directory = open(arguments[0], O_RDONLY | O_DIRECTORY);
  opened("openat", openat(directory, arguments[1], flags));
}

static void step_chdir(char **arguments) {
  print_result("chdir", chdir(arguments[0]));
}

/* The path that /proc has for the descriptor. */
static void step_open_own(char **arguments) {
  char path[64];
  snprintf(path, sizeof path, arguments[0], descriptor);
  opened("open", open(path, flags));
}

static void step_close(char **arguments) {
  (void)arguments;
  print_result("close", close(descriptor));
}

/* Closed behind the preload's back, as libc's own closefrom does it. */
static void step_raw_close(char **arguments) {
  (void)arguments;
  print_result("close", syscall(SYS_close, descriptor));
}

static void step_raw_io(char **arguments) {
  char bytes[4] = {0};
  (void)arguments;
  print_result("read", syscall(SYS_read, descriptor, bytes, sizeof bytes));
  print_result("write", syscall(SYS_write, descriptor, bytes, sizeof bytes));
}

static void step_flags(char **arguments) {
  (void)arguments;
  int status = fcntl(descriptor, F_GETFL);
  printf("F_GETFL %s\n", status < 0 ? "-1" : (const char *[]){"O_RDONLY", "O_WRONLY", "O_RDWR"}[status & O_ACCMODE]);
}

static void replace(const char *name, int fd) {
  opened(name, fd);
}

static void step_dup(char **arguments) {
  (void)arguments;
  int former = descriptor;
  replace("dup", dup(former));
  close(former);
}

static void step_dup2(char **arguments) {
  (void)arguments;
  int former = descriptor;
  replace("dup2", dup2(former, 77));
  close(former);
}

/* Another file takes the descriptor's place. */
static void step_replaced(char **arguments) {
  (void)arguments;
  int other = open("/dev/zero", O_RDONLY);
  replace("dup2", dup2(other, descriptor));
  close(other);
}

static void step_dup3(char **arguments) {
  (void)arguments;
  int former = descriptor;
  replace("dup3", dup3(former, 78, O_CLOEXEC));
  close(former);
}

static void step_dupfd(char **arguments) {
  (void)arguments;
  int former = descriptor;
  replace("F_DUPFD", fcntl(former, F_DUPFD_CLOEXEC, 40));
  close(former);
}

static void step_read(char **arguments) {
  uint8_t bytes[8192];
  volatile size_t count = strtoul(arguments[0], NULL, 10);
  ssize_t result = read(descriptor, bytes, count);
  if (result <= 0) print_result("read", result);
  else {
    printf("read ");
    print_bytes(bytes, (size_t)result);
  }
}

static void step_write(char **arguments) {
  uint8_t bytes[9000];
  size_t count = parse_bytes(arguments[0], bytes, sizeof bytes);
  print_result("write", write(descriptor, bytes, count));
}

static void step_write_zeros(char **arguments) {
  static const uint8_t zeros[9000];
  print_result("write", write(descriptor, zeros, strtoul(arguments[0], NULL, 10)));
}

/* The child does all that follows, then the parent does it too. */
static void step_fork(char **arguments) {
  (void)arguments;
  pid_t child = fork();
  if (child == 0) return;
  waitpid(child, NULL, 0);
  printf("parent\n");
}

/* In the manner of old subprocess modules: the child closes everything and ends, in its parent's memory. */
static void step_vfork(char **arguments) {
  (void)arguments;
  pid_t child = vfork();
  if (child == 0) {
    for (int fd = 3; fd < 100; fd++) close(fd);
    _exit(0);
  }
  waitpid(child, NULL, 0);
}

/* This program again, for the steps that follow; the descriptor is 3 there. */
static void step_exec(char **arguments) {
  dup2(descriptor, 3);
  execv("/proc/self/exe", arguments - 1);
}

static void step_inherited(char **arguments) {
  (void)arguments;
  descriptor = 3;
}

static void print_status(const char *name, int result, const struct stat *status) {
  if (result < 0) print_result(name, result);
  else printf("%s %o %u:%u\n", name, status->st_mode, major(status->st_rdev), minor(status->st_rdev));
}

static void step_stat(char **arguments) {
  struct stat status;
  int result = stat(arguments[0], &status);
  print_status("stat", result, &status);
  result = lstat(arguments[0], &status);
  print_status("lstat", result, &status);
  result = fstatat(AT_FDCWD, arguments[0], &status, 0);
  print_status("fstatat", result, &status);
  struct stat64 wide;
  result = stat64(arguments[0], &wide);
  printf("stat64 %o\n", result < 0 ? 0 : wide.st_mode);
  struct statx extended;
  result = statx(AT_FDCWD, arguments[0], 0, STATX_BASIC_STATS, &extended);
  printf("statx %o %u:%u\n", extended.stx_mode, extended.stx_rdev_major, extended.stx_rdev_minor);
}

static void step_fstat(char **arguments) {
  (void)arguments;
  struct stat status;
  int result = fstat(descriptor, &status);
  print_status("fstat", result, &status);
}

static void step_access(char **arguments) {
  print_result("access", access(arguments[0], R_OK | W_OK));
  print_result("execute", access(arguments[0], X_OK));
  print_result("faccessat", faccessat(AT_FDCWD, arguments[0], F_OK, 0));
  print_result("eaccess", eaccess(arguments[0], R_OK));
}

static void step_poll(char **arguments) {
  struct pollfd ready = {.fd = descriptor, .events = POLLIN};
  print_result("poll", poll(&ready, 1, atoi(arguments[0])));
}

static void step_sleep(char **arguments) {
  usleep((useconds_t)atoi(arguments[0]) * 1000);
}

const struct step FILE_STEPS[] = {
  {"open", step_open, 1},
  {"open64", step_open64, 1},
  {"openat", step_openat, 1},
  {"openat64", step_openat64, 1},
  {"open-nonblocking", step_open_nonblocking, 1},
  {"open-reading", step_open_reading, 1},
  {"open-writing", step_open_writing, 1},
  {"creat", step_creat, 1},
  {"open-in", step_open_in, 2},
  {"open-own", step_open_own, 1},
  {"chdir", step_chdir, 1},
  {"close", step_close, 0},
  {"raw-close", step_raw_close, 0},
  {"raw-io", step_raw_io, 0},
  {"flags", step_flags, 0},
  {"dup", step_dup, 0},
  {"dup2", step_dup2, 0},
  {"replaced", step_replaced, 0},
  {"dup3", step_dup3, 0},
  {"dupfd", step_dupfd, 0},
  {"read", step_read, 1},
  {"write", step_write, 1},
  {"write-zeros", step_write_zeros, 1},
  {"fork", step_fork, 0},
  {"vfork", step_vfork, 0},
  {"exec", step_exec, 0},
  {"inherited", step_inherited, 0},
  {"stat", step_stat, 1},
  {"fstat", step_fstat, 0},
  {"access", step_access, 1},
  {"poll", step_poll, 1},
  {"sleep", step_sleep, 1},
  {NULL, NULL, 0},
};
