/* What the slots hold of an issued certificate. */
#ifndef COMPRESS_H
#define COMPRESS_H

#include <stdbool.h>
#include <stdint.h>
#include "compressed.h"
#include "profile.h"
#include "public_key.h"
#include "reason.h"

struct signer_slots {
  uint8_t compressed[COMPRESSED_LENGTH];
  uint8_t record[SIGNER_RECORD_LENGTH];
  uint8_t public_key[PADDED_KEY_LENGTH];
};

struct device_slots {
  uint8_t compressed[COMPRESSED_LENGTH];
  uint8_t common_name[32]; /* one block */
};

/* The certificate is the definition's template. False, with a reason, where a chip could not give it back unchanged. */
bool compress_signer(const struct profile_certificate *definition, struct signer_slots *slots, struct reason *reason);
bool compress_device(const struct profile_certificate *definition, struct device_slots *slots, struct reason *reason);

#endif
