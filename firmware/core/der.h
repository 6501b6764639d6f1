/* Reads the elements of DER (X.690) one behind the other: single-byte tags, definite lengths in their shortest form. */
#ifndef DER_H
#define DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "reason.h"

enum der_tag {
  DER_INTEGER = 0x02,
  DER_BIT_STRING = 0x03,
  DER_OCTET_STRING = 0x04,
  DER_UTC_TIME = 0x17,
  DER_GENERALIZED_TIME = 0x18,
  DER_SEQUENCE = 0x30
};

struct der_reader {
  const uint8_t *bytes;
  size_t length;
  size_t offset;
};

/* An element whose content is not yet looked into; all of it is `whole_length` bytes that end with the content. */
struct der_element {
  uint8_t tag;
  const uint8_t *content;
  size_t length;
  const uint8_t *whole;
  size_t whole_length;
};

struct der_reader der_reader_of(const uint8_t *bytes, size_t length);

bool der_at_end(const struct der_reader *reader);

/* Whether the next element has this tag. */
bool der_is_next(const struct der_reader *reader, uint8_t tag);

/* These return false, with a reason that is `malformed`, where there is no such element. */
bool der_next(struct der_reader *reader, struct der_element *element, struct reason *reason);
bool der_expect(struct der_reader *reader, uint8_t tag, struct der_element *element, struct reason *reason);

/* Whether everything up to the end is elements; the reader stays where it is. */
bool der_check_rest(const struct der_reader *reader, struct reason *reason);

/*
 * Content of an OBJECT IDENTIFIER compared with the numbers in it, of which the first is 40 times the first arc and the
 * second.
 */
bool der_is_object(const uint8_t *content, size_t length, const uint64_t *numbers, size_t count, bool *same,
                   struct reason *reason);

#endif
