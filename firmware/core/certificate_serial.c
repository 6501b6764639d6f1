#include "certificate_serial.h"

#include <string.h>

#include "port.h"

void certificate_serial_hash(const uint8_t public_key[64], const uint8_t encoded_dates[3],
                             uint8_t serial[CERTIFICATE_SERIAL_LENGTH]) {
  uint8_t message[67];
  uint8_t digest[32];
  memcpy(message, public_key, 64);
  memcpy(&message[64], encoded_dates, 3);
  port_sha256(message, sizeof message, digest);
  memcpy(serial, digest, CERTIFICATE_SERIAL_LENGTH);
  serial[0] = (uint8_t)((serial[0] & 0x7fu) | 0x40u);
}
