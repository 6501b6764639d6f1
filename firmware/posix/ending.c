#include "ending.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "../core/port.h"

static atomic_bool ending, gave_up;
/* Has a byte, which nobody reads, from the moment the program ends. */
static int bell[2] = {-1, -1};

static void end(void) {
  atomic_store(&ending, true);
  /* A full pipe has rung already. */
  const ssize_t written = write(bell[1], "", 1);
  (void)written;
}

static void on_signal(int number) {
  const int kept = errno;
  (void)number;
  end();
  errno = kept;
}

bool ending_install(void) {
  if (pipe(bell) != 0) return false;
  for (int i = 0; i < 2; i++) {
    if (fcntl(bell[i], F_SETFD, FD_CLOEXEC) == -1 || fcntl(bell[i], F_SETFL, O_NONBLOCK) == -1) return false;
  }
  struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
  if (sigemptyset(&action.sa_mask) != 0) return false;
  return sigaction(SIGINT, &action, NULL) == 0 && sigaction(SIGTERM, &action, NULL) == 0;
}

void ending_give_up(const char *why) {
  /* Both tasks may lose the same part. */
  if (!atomic_exchange(&gave_up, true)) (void)fprintf(stderr, "emu-firmware: %s\n", why);
  end();
}

bool ending_gave_up(void) { return atomic_load(&gave_up); }

bool port_ending(void) { return atomic_load(&ending); }

bool ending_poll(int descriptor, short events, uint32_t ms) {
  const uint64_t until = port_time_ms() + ms;
  for (;;) {
    const uint64_t now = port_time_ms();
    const uint64_t left = now < until ? until - now : 0u;
    struct pollfd waited[] = {{.fd = bell[0], .events = POLLIN}, {.fd = descriptor, .events = events}};
    /* An hour at a time: poll counts in int. */
    const int count = poll(waited, 2, (int)(left < 3600000u ? left : 3600000u));
    if (port_ending()) return false;
    if (count > 0 && waited[1].revents != 0) return true;
    if (count < 0 && errno != EINTR) return false;
    if (port_time_ms() >= until) return false;
  }
}
