#include "places.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

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

static bool place_of_number(enum kind kind, const char *digits, struct place *place) {
  if (*digits < '0' || *digits > '9' || (digits[0] == '0' && digits[1] != '\0')) return false;
  char *end;
  unsigned long board = strtoul(digits, &end, 10);
  pthread_once(&once, read_lists);
  if (*end != '\0' || board >= ports[kind].count) return false;
  *place = (struct place){kind, (unsigned)board, ports[kind].port[board]};
  return true;
}

bool place_of_path(const char *path, struct place *place) {
  static const struct {
    const char *text;
    enum kind kind;
  } prefixes[] = {{"/dev/i2c-", I2C}, {"/dev/i2c/", I2C}, {"/dev/ttyEMU", SERIAL}};

  for (unsigned i = 0; path != NULL && i < sizeof prefixes / sizeof *prefixes; i++) {
    size_t length = strlen(prefixes[i].text);
    if (strncmp(path, prefixes[i].text, length) == 0) return place_of_number(prefixes[i].kind, path + length, place);
  }
  return false;
}

bool place_of_port(in_port_t port, struct place *place) {
  pthread_once(&once, read_lists);
  for (enum kind kind = I2C; kind <= SERIAL; kind++) {
    for (unsigned board = 0; board < ports[kind].count; board++) {
      if (ports[kind].port[board] != port) continue;
      *place = (struct place){kind, board, port};
      return true;
    }
  }
  return false;
}
