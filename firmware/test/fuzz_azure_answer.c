/* Any topic, its length in the first byte, and any body as an answer of the DPS. Whatever is believed can be used. */
#include <stdlib.h>
#include <string.h>

#include "../core/dps_answer.h"

static void require(bool holds) {
  if (!holds) abort();
}

static void require_visible(const char *text, size_t limit) {
  const size_t length = strlen(text);
  require(length > 0 && length < limit);
  for (size_t i = 0; i < length; i++) require(text[i] > ' ' && text[i] <= '~');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static struct dps_answer answer;
  if (size == 0 || size - 1 < data[0]) return 0;
  const uint8_t *topic = &data[1];
  const size_t topic_length = data[0];
  dps_answer_read(topic, topic_length, topic + topic_length, size - 1 - topic_length, &answer);
  switch (answer.outcome) {
    case DPS_ASSIGNING:
      require_visible(answer.operation_id, DPS_OPERATION_ID_SIZE);
      break;
    case DPS_ASSIGNED:
      require_visible(answer.device_id, DPS_DEVICE_ID_SIZE);
      require(strpbrk(answer.device_id, "/+#") == NULL);
      require_visible(answer.hub, RECORD_HUB_LENGTH);
      require(record_is_host_name(answer.hub));
      break;
    case DPS_REFUSED:
      require(strlen(dps_result_name(answer.result)) > 0);
      break;
    case DPS_PUT_OFF:
    default:
      require(topic_length > 0);
      break;
  }
  return 0;
}
