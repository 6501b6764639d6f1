/* Reads out of the chip's slots what a certificate is rebuilt from, and rebuilds it. */
#ifndef CHIP_CERTIFICATES_H
#define CHIP_CERTIFICATES_H

#include <stdint.h>
#include "certificate.h"
#include "profile.h"
#include "public_key.h"

/* A public key as the library reads it: three blocks, the last one padded by the chip. */
int chip_read_public_key(uint8_t slot, uint8_t padded[PADDED_KEY_LENGTH]);

/*
 * The results are those of credentials_load. `authority_key` is that of the certificate above; with `common_name` NULL
 * the name is read from its slot.
 */
int chip_read_device(const struct profile_certificate *definition, const uint8_t authority_key[PADDED_KEY_LENGTH],
                     const char *common_name, struct certificate_buffer *buffer);
int chip_read_signer(const struct profile_certificate *definition, const uint8_t authority_key[PADDED_KEY_LENGTH],
                     struct certificate_buffer *buffer);

#endif
