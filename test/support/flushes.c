/* Loaded before a program by LD_PRELOAD: a line on stdout after every flush of a file to the disk. */
#include <dlfcn.h>
#include <unistd.h>

/* A slow disk: what does not wait for it is over before. */
#define SLOW_US 20000

static int flushed(const char *name, int descriptor) {
  int (*flush)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  usleep(SLOW_US);
  int result = flush(descriptor);
  if (result == 0 && write(STDOUT_FILENO, "flush\n", 6) < 0) return -1;
  return result;
}

int fdatasync(int descriptor) {
  return flushed("fdatasync", descriptor);
}

int fsync(int descriptor) {
  return flushed("fsync", descriptor);
}
