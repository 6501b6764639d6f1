#include "certificate.h"

#include <string.h>

#include "certificate_dates.h"
#include "certificate_serial.h"
#include "certificate_signature.h"
#include "compressed.h"
#include "public_key.h"

/* Tag and three bytes of length, of which the last two count what follows. */
#define HEADER_LENGTH 4u

/* The library's refusals, in its order: format, definition, dates. */
static enum certificate_status status_of(const struct profile_certificate *definition, const uint8_t *compressed,
                                         const struct compressed_dates *dates) {
  const unsigned ids = compressed[COMPRESSED_TEMPLATE_AND_CHAIN];
  const unsigned kinds = compressed[COMPRESSED_SN_SOURCE_AND_FORMAT];
  /* Quirk: the 2019 library knows format 0 alone; later ones take 1 as well. */
  if ((kinds & 0x0fu) != 0u) return CERTIFICATE_DECODING_ERROR;
  if (ids >> 4 != definition->template_id || (ids & 0x0fu) != definition->chain_id) return CERTIFICATE_WRONG_CERT_DEF;
  if (kinds >> 4 != definition->sn_source) return CERTIFICATE_WRONG_CERT_DEF;
  if (!certificate_dates_valid(dates, definition->not_after.count)) return CERTIFICATE_INVALID_DATE;
  return CERTIFICATE_OK;
}

static void put(struct certificate_buffer *buffer, const struct profile_element *element, const uint8_t *bytes) {
  memcpy(&buffer->bytes[element->offset], bytes, element->count);
}

/* The template with key, key identifiers and signature of its own; the signature's length is the certificate's. */
static enum certificate_status patch(const struct profile_certificate *definition, const uint8_t *compressed,
                                     const uint8_t key[64], const uint8_t *authority_key,
                                     struct certificate_buffer *buffer) {
  uint8_t signature[SIGNATURE_ELEMENT_LIMIT];
  uint8_t identifier[20];
  uint8_t authority[64];
  const size_t start = definition->signature.offset;
  const size_t signature_length = certificate_signature_put(&compressed[COMPRESSED_SIGNATURE], signature);
  const size_t end = start + signature_length;
  if (end > buffer->room || start > definition->template_length) return CERTIFICATE_WRONG_CERT_DEF;
  memcpy(buffer->bytes, definition->template_der, start);
  memcpy(&buffer->bytes[start], signature, signature_length);
  buffer->bytes[2] = (uint8_t)((end - HEADER_LENGTH) >> 8);
  buffer->bytes[3] = (uint8_t)((end - HEADER_LENGTH) & 0xffu);
  buffer->length = end;

  put(buffer, &definition->public_key, key);
  public_key_identifier(key, identifier);
  put(buffer, &definition->subject_key_id, identifier);
  public_key_unpad(authority_key, authority);
  public_key_identifier(authority, identifier);
  put(buffer, &definition->authority_key_id, identifier);
  return CERTIFICATE_OK;
}

/* Quirk: the compressed dates have to be valid, although the record overwrites them unseen, with whatever it holds. */
enum certificate_status certificate_rebuild_signer(const struct profile_certificate *definition,
                                                   const struct signer_parts *parts,
                                                   struct certificate_buffer *buffer) {
  const struct profile_certificates *const layout = &PROFILE.certificates;
  struct compressed_dates dates;
  uint8_t key[64];
  certificate_dates_decode(&parts->compressed[COMPRESSED_DATES], &dates);
  enum certificate_status status = status_of(definition, parts->compressed, &dates);
  if (status != CERTIFICATE_OK) return status;
  public_key_unpad(parts->public_key, key);
  status = patch(definition, parts->compressed, key, parts->authority_key, buffer);
  if (status != CERTIFICATE_OK) return status;
  put(buffer, &definition->serial_number, &parts->record[layout->record_serial_number]);
  put(buffer, &definition->not_before, &parts->record[layout->record_not_before]);
  put(buffer, &definition->not_after, &parts->record[layout->record_not_after]);
  return CERTIFICATE_OK;
}

static void put_time(struct certificate_buffer *buffer, const struct profile_element *element,
                     const struct certificate_time *time) {
  certificate_time_put(&buffer->bytes[element->offset], element->count, time);
}

/*
 * Quirk: the serial number hashes dates encoded anew, from the rebuilt notBefore and the definition's expire years, so
 * that the compressed expire years are without effect on a certificate that never expires.
 */
enum certificate_status certificate_rebuild_device(const struct profile_certificate *definition,
                                                   const struct device_parts *parts,
                                                   struct certificate_buffer *buffer) {
  struct compressed_dates dates;
  struct certificate_time expiry;
  uint8_t encoded[3];
  uint8_t serial[CERTIFICATE_SERIAL_LENGTH];
  certificate_dates_decode(&parts->compressed[COMPRESSED_DATES], &dates);
  enum certificate_status status = status_of(definition, parts->compressed, &dates);
  if (status != CERTIFICATE_OK) return status;
  status = patch(definition, parts->compressed, parts->public_key, parts->authority_key, buffer);
  if (status != CERTIFICATE_OK) return status;
  put_time(buffer, &definition->not_before, &dates.issued);
  if (definition->expire_years != 0u) {
    certificate_expiry(&dates, definition->not_after.count, &expiry);
    put_time(buffer, &definition->not_after, &expiry);
  }
  put(buffer, &definition->common_name, parts->common_name);
  certificate_dates_encode(&dates.issued, definition->expire_years, encoded);
  certificate_serial_hash(parts->public_key, encoded, serial);
  put(buffer, &definition->serial_number, serial);
  return CERTIFICATE_OK;
}
