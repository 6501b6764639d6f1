/* The signature of a certificate: R||S as chips have it, and X.509's signatureValue (RFC 3279 2.2.3). */
#ifndef CERTIFICATE_SIGNATURE_H
#define CERTIFICATE_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "reason.h"

/* BIT STRING { no unused bits, SEQUENCE { INTEGER, INTEGER } }, each integer with a sign byte. */
#define SIGNATURE_ELEMENT_LIMIT 75u

/* Returns the length: leading zeros of an integer are left out, a leading one bit gets a zero byte in front. */
size_t certificate_signature_put(const uint8_t signature[64], uint8_t element[SIGNATURE_ELEMENT_LIMIT]);

/* R||S of a signatureValue; false with a reason where it holds something else. */
bool certificate_signature_read(const uint8_t *element, size_t length, uint8_t signature[64], struct reason *reason);

#endif
