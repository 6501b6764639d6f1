#include "certificate_signature.h"

#include <string.h>

#include "der.h"

#define INTEGER_LENGTH 32u

/* One INTEGER of 32 bytes in its shortest form; returns its length. */
static size_t put_integer(const uint8_t number[INTEGER_LENGTH], uint8_t *out) {
  size_t first = 0;
  while (first < INTEGER_LENGTH - 1u && number[first] == 0u) first++;
  /* A leading one bit would make it negative. */
  const size_t sign = number[first] >> 7;
  const size_t digits = INTEGER_LENGTH - first;
  out[0] = DER_INTEGER;
  out[1] = (uint8_t)(sign + digits);
  out[2] = 0;
  memcpy(&out[2u + sign], &number[first], digits);
  return 2u + sign + digits;
}

size_t certificate_signature_put(const uint8_t signature[64], uint8_t element[SIGNATURE_ELEMENT_LIMIT]) {
  size_t length = 5; /* heads of BIT STRING and SEQUENCE, and the count of unused bits */
  length += put_integer(signature, &element[length]);
  length += put_integer(&signature[INTEGER_LENGTH], &element[length]);
  element[0] = DER_BIT_STRING;
  element[1] = (uint8_t)(length - 2u);
  element[2] = 0;
  element[3] = DER_SEQUENCE;
  element[4] = (uint8_t)(length - 5u);
  return length;
}

bool certificate_signature_read(const uint8_t *element, size_t length, uint8_t signature[64], struct reason *reason) {
  struct der_reader reader = der_reader_of(element, length);
  struct der_element found;
  if (!der_expect(&reader, DER_BIT_STRING, &found, reason)) return false;
  /* The first byte counts the unused bits. */
  const size_t skipped = found.length > 0u ? 1u : 0u;
  reader = der_reader_of(&found.content[skipped], found.length - skipped);
  if (!der_expect(&reader, DER_SEQUENCE, &found, reason)) return false;
  reader = der_reader_of(found.content, found.length);
  memset(signature, 0, 64);
  for (size_t end = INTEGER_LENGTH; end <= 2u * INTEGER_LENGTH; end += INTEGER_LENGTH) {
    if (!der_expect(&reader, DER_INTEGER, &found, reason)) return false;
    const size_t digits = found.length < INTEGER_LENGTH ? found.length : INTEGER_LENGTH;
    memcpy(&signature[end - digits], &found.content[found.length - digits], digits);
  }
  return true;
}
