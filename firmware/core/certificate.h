/* Rebuilds certificates from what a chip holds of them, as Microchip's certificate library of May 2019 does. */
#ifndef CERTIFICATE_H
#define CERTIFICATE_H

#include <stddef.h>
#include <stdint.h>
#include "profile.h"

/* The library's status codes. */
enum certificate_status {
  CERTIFICATE_OK = 0,
  CERTIFICATE_DECODING_ERROR = 4,
  CERTIFICATE_INVALID_DATE = 5,
  CERTIFICATE_WRONG_CERT_DEF = 11
};

struct certificate_buffer {
  uint8_t *bytes;
  size_t room; /* what does not fit is CERTIFICATE_WRONG_CERT_DEF */
  size_t length; /* of the certificate in it */
};

struct signer_parts {
  const uint8_t *compressed; /* 72 bytes */
  const uint8_t *record; /* up to the end of its last field */
  const uint8_t *public_key; /* padded, 72 bytes */
  const uint8_t *authority_key; /* the root's, likewise */
};

struct device_parts {
  const uint8_t *compressed; /* 72 bytes */
  const uint8_t *public_key; /* X||Y, 64 bytes */
  const uint8_t *authority_key; /* the signer's, padded, 72 bytes */
  const uint8_t *common_name; /* as long as the template's */
};

enum certificate_status certificate_rebuild_signer(const struct profile_certificate *definition,
                                                   const struct signer_parts *parts, struct certificate_buffer *buffer);
enum certificate_status certificate_rebuild_device(const struct profile_certificate *definition,
                                                   const struct device_parts *parts, struct certificate_buffer *buffer);

#endif
