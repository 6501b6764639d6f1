/* Any bytes on the serial line, with a chip that answers as a good one: letters, PEM texts, certificates. */
#include "../core/app.h"
#include "chain0.h"
#include "fake_atecc.h"
#include "hex.h"

static size_t answered;

static void hear(const char *text, size_t length) {
  /* Every byte of an answer is there. */
  for (size_t at = 0; at < length; at++) answered += (size_t)(uint8_t)text[at];
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fake_atecc_reset();
  (void)hex_bytes(chain0_device_public_key, fake_chip.public_key);
  app_provisioning_start(hear);
  for (size_t at = 0; at < size; at++) {
    /* The chip of the test writes down what is said, which has an end. */
    fake_chip.traffic[0] = '\0';
    fake_chip.commands[0] = '\0';
    app_provisioning_take(data[at]);
  }
  return 0;
}
