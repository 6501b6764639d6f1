/*
 * Any bytes as a certificate: located, compressed, and rebuilt from what came of it; then rebuilt from any compressed
 * bytes. Nothing may leave its buffer, and a signer's serial number comes back out of its record.
 */
#include <string.h>

#include "../core/certificate.h"
#include "../core/certificate_definition.h"
#include "../core/compress.h"
#include "fake_port.h"

static uint8_t rebuilt[4096];

static void rebuild_device(const struct profile_certificate *definition, const uint8_t *compressed,
                           const uint8_t *name) {
  static const uint8_t authority[PADDED_KEY_LENGTH];
  struct certificate_buffer buffer = {rebuilt, sizeof rebuilt, 0};
  const uint8_t *const key = &definition->template_der[definition->public_key.offset];
  const struct device_parts parts = {compressed, key, authority, name};
  const enum certificate_status status = certificate_rebuild_device(definition, &parts, &buffer);
  if (status == CERTIFICATE_OK && buffer.length > sizeof rebuilt) __builtin_trap();
}

static void rebuild_signer(const struct profile_certificate *definition, const struct signer_slots *slots) {
  struct certificate_buffer buffer = {rebuilt, sizeof rebuilt, 0};
  const struct signer_parts parts = {slots->compressed, slots->record, slots->public_key, slots->public_key};
  const struct profile_element *const serial = &definition->serial_number;
  if (certificate_rebuild_signer(definition, &parts, &buffer) != CERTIFICATE_OK) return;
  if (memcmp(&rebuilt[serial->offset], &definition->template_der[serial->offset], serial->count) != 0) __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first 72 bytes are a slot, the rest is the certificate. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct profile_certificate definition;
  struct reason reason;
  struct signer_slots signer;
  struct device_slots device;
  if (size < COMPRESSED_LENGTH || size > 3072u) return 0;
  const uint8_t *const der = &data[COMPRESSED_LENGTH];
  const size_t length = size - COMPRESSED_LENGTH;
  if (certificate_definition(der, length, CERTIFICATE_SIGNER, &definition, &reason)) {
    if (compress_signer(&definition, &signer, &reason)) rebuild_signer(&definition, &signer);
  }
  if (certificate_definition(der, length, CERTIFICATE_DEVICE, &definition, &reason)) {
    if (compress_device(&definition, &device, &reason)) {
      rebuild_device(&definition, device.compressed, device.common_name);
    }
    if (definition.common_name.count <= sizeof device.common_name) rebuild_device(&definition, data, data);
  }
  return 0;
}
