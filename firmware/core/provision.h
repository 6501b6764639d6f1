/* Writes what one device is issued to a configured chip, and reads it back to compare. */
#ifndef PROVISION_H
#define PROVISION_H

#include <stdbool.h>
#include <stdint.h>
#include "compress.h"
#include "profile.h"
#include "reason.h"

/* What one device is provisioned with. The certificates are the templates of their definitions. */
struct issued {
  uint8_t root_public_key[64];
  struct profile_certificate signer, device;
  struct signer_slots signer_slots;
  struct device_slots device_slots;
};

enum provisioning_step {
  PROVISIONING_INIT,
  PROVISIONING_WRITE_ROOT_KEY,
  PROVISIONING_WRITE_SERIAL_NUMBER,
  PROVISIONING_WRITE_SIGNER,
  PROVISIONING_WRITE_DEVICE,
  PROVISIONING_READ_SIGNER,
  PROVISIONING_COMPARE_SIGNER,
  PROVISIONING_READ_DEVICE,
  PROVISIONING_COMPARE_DEVICE
};

/* `tell` hears of each step as it begins. False, with a reason, where the chip refuses or gives back something else. */
bool provision_chip(const struct issued *issued, void (*tell)(enum provisioning_step step), struct reason *reason);

#endif
