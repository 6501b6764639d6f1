#include "places.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

enum { MOST_BOARDS = 1024 };

/* The k-th port is board k's. */
struct ports {
  const char *variable;
  unsigned count;
  in_port_t port[MOST_BOARDS];
};

static struct ports ports[] = {[I2C] = {.variable = "EMU_BOARD_I2C"}, [SERIAL] = {.variable = "EMU_BOARD_KIT"}};
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void read_list(struct ports *list) {
  const char *text = getenv(list->variable);
  while (text != NULL && *text != '\0' && list->count < MOST_BOARDS) {
    char *end;
    unsigned long port = strtoul(text, &end, 10);
    if (end == text || port > UINT16_MAX) return;
    list->port[list->count++] = (in_port_t)port;
    text = *end == ',' ? end + 1 : end;
  }
}

static void read_lists(void) {
  read_list(&ports[I2C]);
  read_list(&ports[SERIAL]);
}

/* At once, because a daemon may clear its environment before it opens the bus. */
__attribute__((constructor)) static void at_load(void) {
  pthread_once(&once, read_lists);
}

bool place_of_number(enum kind kind, const char *digits, struct place *place) {
  if (*digits < '0' || *digits > '9' || (digits[0] == '0' && digits[1] != '\0')) return false;
  char *end;
  unsigned long board = strtoul(digits, &end, 10);
  pthread_once(&once, read_lists);
  if (*end != '\0' || board >= ports[kind].count) return false;
  *place = (struct place){kind, (unsigned)board, ports[kind].port[board]};
  return true;
}

bool place_of_port(enum kind kind, in_port_t port, struct place *place) {
  pthread_once(&once, read_lists);
  for (unsigned board = 0; board < ports[kind].count; board++) {
    if (ports[kind].port[board] != port) continue;
    *place = (struct place){kind, board, port};
    return true;
  }
  return false;
}
