#include "provision.h"

#include <stdio.h>
#include <string.h>

#include "atecc.h"
#include "chip_certificates.h"
#include "provision_compare.h"
#include "provision_failure.h"
#include "serial_text.h"

#define BLOCK 32u
/* Besides the common name at the beginning of its slot, the serial number is left behind it: 18 digits and two NULs. */
#define SERIAL_NUMBER_OFFSET 52u
#define SERIAL_NUMBER_LENGTH 20u

/* Whole blocks only: of the last one a slot keeps what it has room for. */
static int write_slot(uint8_t slot, const uint8_t *bytes, size_t length) {
  uint8_t content[BLOCK];
  int result = ATECC_OK;
  for (size_t done = 0; done < length && result == ATECC_OK; done += BLOCK) {
    const size_t left = length - done;
    memset(content, 0, sizeof content);
    memcpy(content, &bytes[done], left < BLOCK ? left : BLOCK);
    result = atecc_write(ATECC_DATA, atecc_data_address(slot, (uint8_t)(done / BLOCK), 0), content, sizeof content);
  }
  return result;
}

static int write_keys(const uint8_t root_key[PADDED_KEY_LENGTH]) {
  const struct profile_chip *const chip = &PROFILE.chip;
  const int result = write_slot(chip->io_protection_slot, chip->io_protection_key, sizeof chip->io_protection_key);
  if (result != ATECC_OK) return result;
  return write_slot(PROFILE.certificates.root_public_key_slot, root_key, PADDED_KEY_LENGTH);
}

static bool write_serial_number(const uint8_t text[SERIAL_NUMBER_LENGTH], struct reason *reason) {
  const uint8_t slot = PROFILE.certificates.common_name_slot;
  uint8_t back[SERIAL_NUMBER_LENGTH];
  int result = atecc_write_slot_bytes(slot, SERIAL_NUMBER_OFFSET, text, SERIAL_NUMBER_LENGTH);
  if (result == ATECC_OK) result = atecc_read_slot_bytes(slot, SERIAL_NUMBER_OFFSET, back, sizeof back);
  if (result != ATECC_OK) return provision_failed(result, "", reason);
  if (memcmp(text, back, sizeof back) == 0) return true;
  return reason_give(reason, "the serial number from the chip differs from the one that was written");
}

static int write_signer(const struct signer_slots *signer) {
  const struct profile_certificates *const slots = &PROFILE.certificates;
  int result = write_slot(slots->compressed_signer_slot, signer->compressed, sizeof signer->compressed);
  if (result == ATECC_OK) result = write_slot(slots->signer_record_slot, signer->record, sizeof signer->record);
  if (result != ATECC_OK) return result;
  return write_slot(slots->signer_public_key_slot, signer->public_key, sizeof signer->public_key);
}

static int write_device(const struct device_slots *device) {
  const struct profile_certificates *const slots = &PROFILE.certificates;
  const int result = write_slot(slots->compressed_device_slot, device->compressed, sizeof device->compressed);
  if (result != ATECC_OK) return result;
  return write_slot(slots->common_name_slot, device->common_name, sizeof device->common_name);
}

static bool write_all(const struct issued *issued, const uint8_t root_key[PADDED_KEY_LENGTH],
                      void (*tell)(enum provisioning_step step), struct reason *reason) {
  uint8_t serial[9];
  uint8_t text[SERIAL_NUMBER_LENGTH] = {0};
  int result = atecc_read_serial_number(serial);
  if (result == ATECC_OK) result = atecc_init();
  if (result != ATECC_OK) return provision_failed(result, "", reason);
  serial_text(serial, (char *)text);

  tell(PROVISIONING_WRITE_ROOT_KEY);
  result = write_keys(root_key);
  if (result != ATECC_OK) return provision_failed(result, "", reason);
  tell(PROVISIONING_WRITE_SERIAL_NUMBER);
  if (!write_serial_number(text, reason)) return false;
  tell(PROVISIONING_WRITE_SIGNER);
  result = write_signer(&issued->signer_slots);
  if (result != ATECC_OK) return provision_failed(result, "", reason);
  tell(PROVISIONING_WRITE_DEVICE);
  result = write_device(&issued->device_slots);
  return result == ATECC_OK ? true : provision_failed(result, "", reason);
}

bool provision_chip(const struct issued *issued, void (*tell)(enum provisioning_step step), struct reason *reason) {
  struct certificate_buffer back = provision_buffer();
  uint8_t root_key[PADDED_KEY_LENGTH];
  public_key_pad(issued->root_public_key, root_key);
  if (!write_all(issued, root_key, tell, reason)) return false;

  tell(PROVISIONING_READ_SIGNER);
  int result = chip_read_signer(&issued->signer, root_key, &back);
  if (result != ATECC_OK) return provision_failed(result, "signer", reason);
  tell(PROVISIONING_COMPARE_SIGNER);
  if (!provision_compare(&issued->signer, &back, "signer", reason)) return false;
  tell(PROVISIONING_READ_DEVICE);
  result = chip_read_device(&issued->device, issued->signer_slots.public_key, NULL, &back);
  if (result != ATECC_OK) return provision_failed(result, "device", reason);
  tell(PROVISIONING_COMPARE_DEVICE);
  return provision_compare(&issued->device, &back, "device", reason);
}
