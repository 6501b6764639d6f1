/*
 * The longest record that the board takes: its library is built with a smaller MBEDTLS_SSL_MAX_CONTENT_LEN than this
 * machine's, and hangs up on a longer record.
 */
#ifndef RECORD_LIMIT_H
#define RECORD_LIMIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_HEADER 5u /* type, version, length (RFC 5246 6.2.1) */

/* How far into a record the bytes from the server are. Begin with zeros. */
struct record_limit {
  uint8_t header[RECORD_HEADER];
  size_t header_length;
  size_t left; /* of the record's body */
  bool encrypted; /* ChangeCipherSpec has come */
};

/* Takes what the server sent. False when a record is longer than the profile's `max_record_bytes`. */
bool record_limit_take(struct record_limit *limit, const uint8_t *bytes, size_t length);

#endif
