#include "memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PAGE = 4096, CHUNK = 1024 };

typedef ssize_t mover(pid_t process, const struct iovec *here, unsigned long here_count, const struct iovec *there,
                      unsigned long there_count, unsigned long flags);

/* What `move` returns where a sandbox refuses the calls: then a pointer is what it is taken to be. */
enum { UNKNOWN = 1 };

/* These calls say by EFAULT what a plain access would say by a signal. */
static int move(mover *mover, void *here, const void *there, size_t length) {
  if (length == 0) return 0;
  const struct iovec ours = {here, length}, programs = {(void *)there, length};
  int before = errno;
  ssize_t count = mover(getpid(), &ours, 1, &programs, 1, 0);
  bool refused = count < 0 && (errno == EPERM || errno == ENOSYS);
  errno = before;
  return refused ? UNKNOWN : count == (ssize_t)length ? 0 : -EFAULT;
}

/* Once more by memcpy, which AddressSanitizer watches: it knows more bounds than the kernel does. */
static int moved(int status, void *to, const void *from, size_t length) {
  if (status < 0) return status;
  if (length > 0) memcpy(to, from, length);
  return 0;
}

int copy_from_program(void *to, const void *from, size_t length) {
  return moved(move(process_vm_readv, to, from, length), to, from, length);
}

int copy_to_program(void *to, const void *from, size_t length) {
  return moved(move(process_vm_writev, (void *)from, to, length), to, from, length);
}

int check_readable(const void *from, size_t length) {
  char dropped[CHUNK];
  int status = 0;
  for (size_t done = 0; status >= 0 && done < length; done += CHUNK) {
    size_t count = length - done < CHUNK ? length - done : CHUNK;
    status = move(process_vm_readv, dropped, (const char *)from + done, count);
  }
  return status < 0 ? status : 0;
}

static int trusted_text(char *to, size_t size, const char *from) {
  size_t length = strnlen(from, size);
  if (length == size) return -ENAMETOOLONG;
  memcpy(to, from, length + 1);
  return 0;
}

/* Not beyond a page at a time, because the text may end where the memory does. */
int text_from_program(char *to, size_t size, const char *from) {
  for (size_t done = 0; done < size;) {
    size_t count = PAGE - (uintptr_t)(from + done) % PAGE;
    if (count > size - done) count = size - done;
    if (count > CHUNK) count = CHUNK;
    int status = move(process_vm_readv, to + done, from + done, count);
    if (status < 0) return status;
    if (status == UNKNOWN) return trusted_text(to, size, from);
    if (memchr(to + done, '\0', count) != NULL) return 0;
    done += count;
  }
  return -ENAMETOOLONG;
}
