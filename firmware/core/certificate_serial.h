/* The serial number of a device certificate (SN source A of a compressed certificate). */
#ifndef CERTIFICATE_SERIAL_H
#define CERTIFICATE_SERIAL_H

#include <stdint.h>

#define CERTIFICATE_SERIAL_LENGTH 16u

/* The start of SHA-256 over X||Y and the dates, made a positive number of full length by bits 7:6 = 01. */
void certificate_serial_hash(const uint8_t public_key[64], const uint8_t encoded_dates[3],
                             uint8_t serial[CERTIFICATE_SERIAL_LENGTH]);

#endif
