/*
 * Reads answers of the DPS from its input, each as two lengths of four bytes (big-endian), topic and body, and prints
 * what each comes to: a test holds that against the twin.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../../core/dps_answer.h"

#define LIMIT 65536u

static uint8_t topic[LIMIT];
static uint8_t body[LIMIT];
static struct dps_answer answer;

static bool read_length(size_t *length) {
  uint8_t bytes[4];
  if (fread(bytes, 1, sizeof bytes, stdin) != sizeof bytes) return false;
  *length = (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
  return *length <= LIMIT;
}

static void print_answer(void) {
  switch (answer.outcome) {
    case DPS_PUT_OFF:
      (void)puts("putOff");
      break;
    case DPS_ASSIGNING:
      (void)printf("assigning %s\n", answer.operation_id);
      break;
    case DPS_ASSIGNED:
      (void)printf("assigned %s %s\n", answer.hub, answer.device_id);
      break;
    case DPS_REFUSED:
    default:
      (void)printf("refused %s\n", dps_result_name(answer.result));
      break;
  }
}

int main(void) {
  size_t topic_length;
  size_t body_length;
  while (read_length(&topic_length) && read_length(&body_length)) {
    if (fread(topic, 1, topic_length, stdin) != topic_length) return 1;
    if (fread(body, 1, body_length, stdin) != body_length) return 1;
    dps_answer_read(topic, topic_length, body, body_length, &answer);
    print_answer();
  }
  return 0;
}
