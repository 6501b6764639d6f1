#include "certificate_attribute.h"

bool certificate_attribute(const struct der_element *sequence, const uint64_t type[CERTIFICATE_TYPE_NUMBERS],
                           struct der_element *value, bool *found, struct reason *reason) {
  struct der_reader reader = der_reader_of(sequence->content, sequence->length);
  struct der_element identifier;
  *found = false;
  if (!der_check_rest(&reader, reason)) return false;
  if (der_at_end(&reader)) return true;
  if (!der_next(&reader, &identifier, reason)) return false;
  if (der_at_end(&reader)) return true;
  while (!der_at_end(&reader)) {
    if (!der_next(&reader, value, reason)) return false;
  }
  return der_is_object(identifier.content, identifier.length, type, CERTIFICATE_TYPE_NUMBERS, found, reason);
}
