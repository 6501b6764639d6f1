#include "der.h"

#define MULTI_BYTE_TAG 0x1fu
#define LONG_LENGTH 0x80u
#define LENGTH_OCTETS_LIMIT 3u

struct der_reader der_reader_of(const uint8_t *bytes, size_t length) {
  const struct der_reader reader = {bytes, length, 0};
  return reader;
}

bool der_at_end(const struct der_reader *reader) { return reader->offset == reader->length; }

bool der_is_next(const struct der_reader *reader, uint8_t tag) {
  return !der_at_end(reader) && reader->bytes[reader->offset] == tag;
}

static bool take_byte(struct der_reader *reader, uint8_t *byte, struct reason *reason) {
  if (der_at_end(reader)) return reason_malformed(reason, "an element without an end");
  *byte = reader->bytes[reader->offset];
  reader->offset++;
  return true;
}

/* X.690 8.1.3, and 10.1 for the shortest form. */
static bool take_length(struct der_reader *reader, uint32_t *length, struct reason *reason) {
  uint8_t byte = 0;
  if (!take_byte(reader, &byte, reason)) return false;
  *length = byte;
  if (byte < LONG_LENGTH) return true;
  const uint32_t octets = byte & 0x7fu;
  if (octets == 0u || octets > LENGTH_OCTETS_LIMIT) {
    return reason_malformed(reason, "a length of %u octets", (unsigned)octets);
  }
  *length = 0;
  for (uint32_t at = 0; at < octets; at++) {
    if (!take_byte(reader, &byte, reason)) return false;
    *length = (*length << 8) | byte;
  }
  if (*length < LONG_LENGTH || *length < (uint32_t)1 << (8u * (octets - 1u))) {
    return reason_malformed(reason, "a length that is not in its shortest form");
  }
  return true;
}

bool der_next(struct der_reader *reader, struct der_element *element, struct reason *reason) {
  const size_t start = reader->offset;
  uint32_t length = 0;
  if (!take_byte(reader, &element->tag, reason)) return false;
  if ((element->tag & MULTI_BYTE_TAG) == MULTI_BYTE_TAG) return reason_malformed(reason, "a multi-byte tag");
  if (!take_length(reader, &length, reason)) return false;
  if (length > reader->length - reader->offset) {
    return reason_malformed(reason, "an element of %lu bytes that ends after its container", (unsigned long)length);
  }
  element->content = &reader->bytes[reader->offset];
  element->length = length;
  reader->offset += length;
  element->whole = &reader->bytes[start];
  element->whole_length = reader->offset - start;
  return true;
}

bool der_expect(struct der_reader *reader, uint8_t tag, struct der_element *element, struct reason *reason) {
  if (!der_next(reader, element, reason)) return false;
  if (element->tag == tag) return true;
  return reason_malformed(reason, "tag %u where %u belongs", element->tag, tag);
}

bool der_check_rest(const struct der_reader *reader, struct reason *reason) {
  struct der_reader ahead = *reader;
  struct der_element element;
  while (!der_at_end(&ahead)) {
    if (!der_next(&ahead, &element, reason)) return false;
  }
  return true;
}

bool der_is_object(const uint8_t *content, size_t length, const uint64_t *numbers, size_t count, bool *same,
                   struct reason *reason) {
  /* The twin reads numbers below this; what is longer is nobody's. */
  static const uint64_t limit = (uint64_t)1 << 46;
  uint64_t number = 0;
  size_t read = 0;
  *same = true;
  for (size_t at = 0; at < length; at++) {
    number = (number << 7) | (content[at] & 0x7fu);
    if (number >= limit) return reason_malformed(reason, "an object identifier with a huge arc");
    if (content[at] >= 0x80u) continue;
    if (read >= count || numbers[read] != number) *same = false;
    read++;
    number = 0;
  }
  if (read == 0u || content[length - 1u] >= 0x80u) {
    return reason_malformed(reason, "an object identifier without an end");
  }
  if (read != count) *same = false;
  return true;
}
