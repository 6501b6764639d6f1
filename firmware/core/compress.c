#include "compress.h"

#include <string.h>

#include "certificate_dates.h"
#include "certificate_serial.h"
#include "certificate_signature.h"

/* What the five bits of the year can say. */
#define FIRST_YEAR 2000
#define LAST_YEAR 2031

static bool lossy(struct reason *reason, const char *what) {
  return reason_give(reason, "the certificate cannot be rebuilt from a chip unchanged: %s", what);
}

static const uint8_t *bytes_of(const struct profile_certificate *definition, const struct profile_element *element) {
  return &definition->template_der[element->offset];
}

static bool same_time(const struct certificate_time *a, const struct certificate_time *b) {
  return a->year == b->year && a->month == b->month && a->day == b->day && a->hour == b->hour &&
         a->minute == b->minute && a->second == b->second;
}

/* The 72 bytes, and when the certificate was issued. */
static bool compress(const struct profile_certificate *definition, uint8_t compressed[COMPRESSED_LENGTH],
                     struct compressed_dates *dates, struct reason *reason) {
  const struct profile_element *const signature = &definition->signature;
  certificate_time_read(bytes_of(definition, &definition->not_before), definition->not_before.count, &dates->issued);
  dates->expire_years = definition->expire_years;
  if (dates->issued.year < FIRST_YEAR || dates->issued.year > LAST_YEAR) {
    return lossy(reason, "issued outside 2000 to 2031");
  }
  memset(compressed, 0, COMPRESSED_LENGTH);
  if (!certificate_signature_read(bytes_of(definition, signature), signature->count, compressed, reason)) return false;
  certificate_dates_encode(&dates->issued, dates->expire_years, &compressed[COMPRESSED_DATES]);
  compressed[COMPRESSED_TEMPLATE_AND_CHAIN] = (uint8_t)((definition->template_id << 4) | definition->chain_id);
  compressed[COMPRESSED_SN_SOURCE_AND_FORMAT] = (uint8_t)(definition->sn_source << 4);
  return true;
}

bool compress_signer(const struct profile_certificate *definition, struct signer_slots *slots, struct reason *reason) {
  const struct profile_certificates *const layout = &PROFILE.certificates;
  struct compressed_dates dates;
  if (!compress(definition, slots->compressed, &dates, reason)) return false;
  /* Quirk: one buffer serves both slots, so that bytes outside the fields are left over from the signature. */
  memcpy(slots->record, slots->compressed, sizeof slots->record);
  memcpy(&slots->record[layout->record_serial_number], bytes_of(definition, &definition->serial_number),
         SIGNER_RECORD_SERIAL_NUMBER_COUNT);
  memcpy(&slots->record[layout->record_not_before], bytes_of(definition, &definition->not_before),
         SIGNER_RECORD_DATE_COUNT);
  memcpy(&slots->record[layout->record_not_after], bytes_of(definition, &definition->not_after),
         SIGNER_RECORD_DATE_COUNT);
  public_key_pad(bytes_of(definition, &definition->public_key), slots->public_key);
  return true;
}

/* Whether the dates are what the rebuild makes of the compressed ones. */
static bool dates_return(const struct profile_certificate *definition, const struct compressed_dates *dates,
                         struct reason *reason) {
  struct certificate_time ends;
  struct certificate_time expiry;
  if (dates->issued.minute != 0 || dates->issued.second != 0) {
    return lossy(reason, "issued at another time than a full hour");
  }
  if (definition->expire_years == 0u) return true;
  certificate_time_read(bytes_of(definition, &definition->not_after), definition->not_after.count, &ends);
  certificate_expiry(dates, definition->not_after.count, &expiry);
  return same_time(&ends, &expiry) ? true : lossy(reason, "it does not expire whole years after its issue");
}

bool compress_device(const struct profile_certificate *definition, struct device_slots *slots, struct reason *reason) {
  struct compressed_dates dates;
  uint8_t serial[CERTIFICATE_SERIAL_LENGTH];
  if (!compress(definition, slots->compressed, &dates, reason)) return false;
  if (!dates_return(definition, &dates, reason)) return false;
  certificate_serial_hash(bytes_of(definition, &definition->public_key), &slots->compressed[COMPRESSED_DATES], serial);
  if (memcmp(serial, bytes_of(definition, &definition->serial_number), sizeof serial) != 0) {
    return lossy(reason, "its serial number is not the hash of key and dates");
  }
  const struct profile_element *const name = &definition->common_name;
  if (name->count > sizeof slots->common_name) return lossy(reason, "its common name is longer than a block");
  /*
   * Quirk: the block goes out of the buffer of the compressed certificate, so that bytes after the name are left over
   * from it.
   */
  memcpy(slots->common_name, slots->compressed, sizeof slots->common_name);
  memcpy(slots->common_name, bytes_of(definition, name), name->count);
  return true;
}
