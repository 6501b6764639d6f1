#include "topic.h"

#include <string.h>

#define PLACE "{clientId}"

static size_t append(char *topic, size_t used, const char *text, size_t length) {
  const size_t room = TOPIC_LIMIT - used;
  const size_t taken = length < room ? length : room;
  memcpy(topic + used, text, taken);
  return used + taken;
}

void topic_of(char topic[TOPIC_LIMIT + 1u], const char *pattern, const char *client_id) {
  size_t used = 0;
  const char *rest = pattern;
  for (const char *place = strstr(rest, PLACE); place != NULL; place = strstr(rest, PLACE)) {
    used = append(topic, used, rest, (size_t)(place - rest));
    used = append(topic, used, client_id, strlen(client_id));
    rest = place + strlen(PLACE);
  }
  used = append(topic, used, rest, strlen(rest));
  topic[used] = '\0';
}
