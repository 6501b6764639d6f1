/* The dates of certificates: as X.509 writes them, and in the 24 bits of a compressed certificate. */
#ifndef CERTIFICATE_DATES_H
#define CERTIFICATE_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* YYMMDDhhmmssZ and YYYYMMDDhhmmssZ: the count of a date's element says which it is. */
#define UTC_TIME_LENGTH 13u
#define GENERALIZED_TIME_LENGTH 15u

/* UTC. Signed, because what stands in a certificate need not be digits. */
struct certificate_time {
  int32_t year, month, day, hour, minute, second;
};

/*
 * From the most significant bit: year - 2000 (5), month (4), day (5), hour (5), expire years (5). There are no minutes,
 * and nothing keeps month 15 or day 0 out of a slot. `expire_years` counts from issue to expiry; 0: never expires.
 */
struct compressed_dates {
  struct certificate_time issued;
  uint8_t expire_years;
};

void certificate_dates_encode(const struct certificate_time *issued, uint8_t expire_years, uint8_t bytes[3]);
void certificate_dates_decode(const uint8_t bytes[3], struct compressed_dates *dates);

/* Whether both dates can be written. Quirk: no month's length is looked at, so that 30 February passes. */
bool certificate_dates_valid(const struct compressed_dates *dates, size_t not_after_count);

/* When a certificate of these dates ends; one that never ends has the last date that its format can express. */
void certificate_expiry(const struct compressed_dates *dates, size_t not_after_count, struct certificate_time *expiry);

/* Writes a valid time as the `count` bytes of its format. */
void certificate_time_put(uint8_t *bytes, size_t count, const struct certificate_time *time);

/* Reads `count` bytes, 13 or 15; a UTCTime's year below 50 is 20YY (RFC 5280 4.1.2.5.1). */
void certificate_time_read(const uint8_t *bytes, size_t count, struct certificate_time *time);

#endif
