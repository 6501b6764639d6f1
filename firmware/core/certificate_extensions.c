#include "certificate_extensions.h"

#include "certificate_attribute.h"
#include "certificate_take.h"

/* The first field of an AuthorityKeyIdentifier. */
#define TAG_KEY_IDENTIFIER 0x80u
#define IDENTIFIER_LENGTH 20u

/* A reader of the value of the first extension of this type. */
static bool open_extension(const struct der_reader *extensions, const uint64_t type[CERTIFICATE_TYPE_NUMBERS],
                           const char *missing, struct der_reader *value, struct reason *reason) {
  struct der_reader reader = *extensions;
  struct der_element element;
  struct der_element octets;
  while (!der_at_end(&reader)) {
    bool found = false;
    if (!der_next(&reader, &element, reason)) return false;
    if (!certificate_attribute(&element, type, &octets, &found, reason)) return false;
    if (found) {
      *value = der_reader_of(octets.content, octets.length);
      return true;
    }
  }
  return certificate_unfit(reason, missing);
}

bool certificate_key_identifiers(const uint8_t *extensions, size_t length,
                                 struct certificate_key_identifiers *identifiers, struct reason *reason) {
  /* id-ce-subjectKeyIdentifier and id-ce-authorityKeyIdentifier, 2.5.29.14 and 2.5.29.35 */
  static const uint64_t subject_key_id[CERTIFICATE_TYPE_NUMBERS] = {2 * 40 + 5, 29, 14};
  static const uint64_t authority_key_id[CERTIFICATE_TYPE_NUMBERS] = {2 * 40 + 5, 29, 35};
  const struct der_reader list = der_reader_of(extensions, length);
  struct der_reader value;
  struct der_element fields;
  if (!der_check_rest(&list, reason)) return false;
  if (!open_extension(&list, subject_key_id, "no 2.5.29.14", &value, reason)) return false;
  if (!certificate_take(&value, DER_OCTET_STRING, "no subjectKeyIdentifier", &identifiers->subject, reason)) {
    return false;
  }
  if (!open_extension(&list, authority_key_id, "no 2.5.29.35", &value, reason)) return false;
  if (!certificate_take(&value, DER_SEQUENCE, "no authorityKeyIdentifier", &fields, reason)) return false;
  value = der_reader_of(fields.content, fields.length);
  if (!certificate_take(&value, TAG_KEY_IDENTIFIER, "no keyIdentifier", &identifiers->authority, reason)) return false;
  if (identifiers->subject.length != IDENTIFIER_LENGTH || identifiers->authority.length != IDENTIFIER_LENGTH) {
    return certificate_unfit(reason, "its key identifiers");
  }
  return true;
}
