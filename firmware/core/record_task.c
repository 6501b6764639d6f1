#include "record_task.h"

#include <stddef.h>

#include "atecc.h"
#include "azure_console.h"
#include "console.h"
#include "profile.h"

static uint8_t slot[RECORD_SLOT_LENGTH];

static int read_serial(char text[SERIAL_TEXT_SIZE]) {
  uint8_t serial[9];
  const int result = atecc_read_serial_number(serial);
  if (result == ATECC_OK) record_serial_text(serial, text);
  return result;
}

int record_create_hsm(char serial[SERIAL_TEXT_SIZE]) {
  int result = atecc_init();
  if (result == ATECC_OK) result = read_serial(serial);
  if (result == ATECC_OK) console_print("%s", serial);
  return result;
}

int record_read(const char *serial, char hub[RECORD_HUB_LENGTH], bool *found) {
  const int result = atecc_read_slot_bytes(RECORD_SLOT, 0u, slot, record_length());
  *found = result == ATECC_OK && record_hub(slot, serial, hub);
  return result;
}

/* Returns ATECC_OK too when the chip refused. */
static int write_field(uint16_t offset, const uint8_t *bytes, size_t length, struct record_written *written) {
  *written = (struct record_written){0, 0, false};
  const int write_result = atecc_write_slot_bytes(RECORD_SLOT, offset, bytes, length);
  if (write_result < 0) return write_result;
  written->write_status = write_result;
  const int read_result = atecc_read_slot_bytes(RECORD_SLOT, offset, slot, length);
  if (read_result < 0) return read_result;
  written->read_status = read_result;
  written->same = read_result == ATECC_OK && record_same_text(slot, bytes, length);
  return ATECC_OK;
}

static int write_text(uint16_t offset, const char *text, size_t length, struct record_written *written) {
  uint8_t field[RECORD_HUB_LENGTH];
  if (!record_pad(text, field, length)) return ATECC_NOT_SENT;
  return write_field(offset, field, length, written);
}

int record_write(const char *hub, bool *same) {
  struct record_written hub_written;
  struct record_written serial_written;
  char serial[SERIAL_TEXT_SIZE];
  *same = false;
  int result = atecc_init();
  if (result == ATECC_OK) result = write_text(PROFILE.azure->record_hub_name, hub, RECORD_HUB_LENGTH, &hub_written);
  if (result == ATECC_OK) result = read_serial(serial);
  if (result == ATECC_OK) {
    result = write_text(PROFILE.azure->record_serial_number, serial, RECORD_SERIAL_LENGTH, &serial_written);
  }
  if (result != ATECC_OK) return result;
  azure_console_written(&hub_written, &serial_written);
  *same = hub_written.same && serial_written.same;
  return ATECC_OK;
}
