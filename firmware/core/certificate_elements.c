#include "certificate_elements.h"

#include "certificate_dates.h"
#include "certificate_extensions.h"
#include "certificate_names.h"
#include "certificate_take.h"
#include "der.h"
#include "public_key.h"

/* Context tags of tbsCertificate's version and extensions (RFC 5280 4.1). */
#define TAG_VERSION 0xa0u
#define TAG_EXTENSIONS 0xa3u
#define SERIAL_NUMBER_LENGTH 16u
/* Tag, and a length in three bytes: it is rewritten with the signature's, in two of them. */
#define HEADER_LENGTH 4u

static struct profile_element content_of(const uint8_t *der, const struct der_element *element) {
  const struct profile_element place = {(uint16_t)(element->content - der), (uint16_t)element->length};
  return place;
}

static struct profile_element whole_of(const uint8_t *der, const struct der_element *element) {
  const struct profile_element place = {(uint16_t)(element->whole - der), (uint16_t)element->whole_length};
  return place;
}

static bool take_date(struct der_reader *validity, struct der_element *date, struct reason *reason) {
  if (!der_next(validity, date, reason)) return false;
  const bool utc = date->tag == DER_UTC_TIME && date->length == UTC_TIME_LENGTH;
  const bool generalized = date->tag == DER_GENERALIZED_TIME && date->length == GENERALIZED_TIME_LENGTH;
  return utc || generalized ? true : certificate_unfit(reason, "no validity");
}

static bool take_validity(const uint8_t *der, struct der_reader *body, struct profile_certificate *definition,
                          struct reason *reason) {
  struct der_element element;
  if (!certificate_take(body, DER_SEQUENCE, "no validity", &element, reason)) return false;
  struct der_reader validity = der_reader_of(element.content, element.length);
  if (!take_date(&validity, &element, reason)) return false;
  definition->not_before = content_of(der, &element);
  if (!take_date(&validity, &element, reason)) return false;
  definition->not_after = content_of(der, &element);
  return true;
}

/* From the version to the issuer. */
static bool take_head(const uint8_t *der, struct der_reader *body, struct profile_certificate *definition,
                      struct reason *reason) {
  struct der_element element;
  if (!certificate_take(body, TAG_VERSION, "no version", &element, reason)) return false;
  if (!certificate_take(body, DER_INTEGER, "no serialNumber", &element, reason)) return false;
  if (element.length != SERIAL_NUMBER_LENGTH) return certificate_unfit(reason, "its serial number");
  definition->serial_number = content_of(der, &element);
  if (!der_next(body, &element, reason)) return false; /* signature */
  return der_next(body, &element, reason); /* issuer */
}

static bool take_public_key(const uint8_t *der, struct der_reader *body, struct profile_certificate *definition,
                            struct reason *reason) {
  struct der_element element;
  if (!certificate_take(body, DER_SEQUENCE, "no subjectPublicKeyInfo", &element, reason)) return false;
  const uint8_t *const key = public_key_from_info(element.whole, element.whole_length);
  if (key == NULL) return certificate_unfit(reason, "its public key is not on P-256");
  definition->public_key.offset = (uint16_t)(key - der);
  definition->public_key.count = 64;
  return true;
}

static bool take_extensions(const uint8_t *der, struct der_reader *body, struct profile_certificate *definition,
                            struct reason *reason) {
  struct der_element element;
  struct certificate_key_identifiers identifiers;
  if (!certificate_take(body, TAG_EXTENSIONS, "no extensions", &element, reason)) return false;
  struct der_reader reader = der_reader_of(element.content, element.length);
  if (!certificate_take(&reader, DER_SEQUENCE, "no extensions", &element, reason)) return false;
  if (!certificate_key_identifiers(element.content, element.length, &identifiers, reason)) return false;
  definition->subject_key_id = content_of(der, &identifiers.subject);
  definition->authority_key_id = content_of(der, &identifiers.authority);
  return true;
}

static bool take_body(const uint8_t *der, const struct der_element *tbs, struct profile_certificate *definition,
                      struct reason *reason) {
  struct der_reader body = der_reader_of(tbs->content, tbs->length);
  struct der_element subject;
  struct der_element name;
  if (!take_head(der, &body, definition, reason)) return false;
  if (!take_validity(der, &body, definition, reason)) return false;
  if (!certificate_take(&body, DER_SEQUENCE, "no subject", &subject, reason)) return false;
  if (!certificate_name_check(&subject, reason)) return false;
  if (!take_public_key(der, &body, definition, reason)) return false;
  if (!take_extensions(der, &body, definition, reason)) return false;
  /* Last, so that of two faults the twin's is told. */
  if (!certificate_common_name(&subject, &name, reason)) return false;
  definition->common_name = content_of(der, &name);
  return true;
}

bool certificate_elements(const uint8_t *der, size_t length, struct profile_certificate *definition,
                          struct reason *reason) {
  struct der_reader file = der_reader_of(der, length);
  struct der_element certificate;
  struct der_element tbs;
  struct der_element element;
  if (!der_next(&file, &certificate, reason)) return false;
  if (!der_at_end(&file) || certificate.length != length - HEADER_LENGTH || length > UINT16_MAX) {
    return certificate_unfit(reason, "its length");
  }
  struct der_reader outer = der_reader_of(certificate.content, certificate.length);
  if (!certificate_take(&outer, DER_SEQUENCE, "no tbsCertificate", &tbs, reason)) return false;
  definition->tbs = whole_of(der, &tbs);
  if (!der_next(&outer, &element, reason)) return false; /* signatureAlgorithm */
  if (!certificate_take(&outer, DER_BIT_STRING, "no signatureValue", &element, reason)) return false;
  definition->signature = whole_of(der, &element);
  return take_body(der, &tbs, definition, reason);
}
