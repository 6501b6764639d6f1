/* The certificates of the device and of its signer, rebuilt from the chip's slots for every connection. */
#ifndef CREDENTIALS_H
#define CREDENTIALS_H

#include <stdint.h>
#include "port.h"

#define CERTIFICATE_LIMIT 640u

struct credentials {
  uint8_t device[CERTIFICATE_LIMIT];
  uint8_t signer[CERTIFICATE_LIMIT];
  struct port_der chain[2]; /* device, signer */
};

/*
 * `common_name` is compiled in (24 commands), or NULL: read from its slot (25). Returns 0, a result of atecc.h, or
 * CREDENTIALS_BAD + the status of the certificate library: 4 DECODING_ERROR, 5 INVALID_DATE, 11 WRONG_CERT_DEF.
 */
#define CREDENTIALS_BAD 0x100
int credentials_load(struct credentials *credentials, const char *common_name);

#endif
