#include "certificate_dates.h"

#define LAST_YEAR_OF_UTC_TIME 2049

void certificate_dates_encode(const struct certificate_time *issued, uint8_t expire_years, uint8_t bytes[3]) {
  const uint32_t bits = ((uint32_t)(issued->year - 2000) << 19) | ((uint32_t)issued->month << 15) |
                        ((uint32_t)issued->day << 10) | ((uint32_t)issued->hour << 5) | expire_years;
  bytes[0] = (uint8_t)((bits >> 16) & 0xffu);
  bytes[1] = (uint8_t)((bits >> 8) & 0xffu);
  bytes[2] = (uint8_t)(bits & 0xffu);
}

void certificate_dates_decode(const uint8_t bytes[3], struct compressed_dates *dates) {
  const uint32_t bits = ((uint32_t)bytes[0] << 16) | ((uint32_t)bytes[1] << 8) | bytes[2];
  dates->issued.year = 2000 + (int32_t)(bits >> 19);
  dates->issued.month = (int32_t)((bits >> 15) & 15u);
  dates->issued.day = (int32_t)((bits >> 10) & 31u);
  dates->issued.hour = (int32_t)((bits >> 5) & 31u);
  dates->issued.minute = 0;
  dates->issued.second = 0;
  dates->expire_years = (uint8_t)(bits & 31u);
}

bool certificate_dates_valid(const struct compressed_dates *dates, size_t not_after_count) {
  const struct certificate_time *const issued = &dates->issued;
  if (issued->month < 1 || issued->month > 12 || issued->day < 1 || issued->day > 31 || issued->hour > 23) return false;
  return not_after_count != UTC_TIME_LENGTH || issued->year + dates->expire_years <= LAST_YEAR_OF_UTC_TIME;
}

void certificate_expiry(const struct compressed_dates *dates, size_t not_after_count, struct certificate_time *expiry) {
  if (dates->expire_years != 0u) {
    *expiry = dates->issued;
    expiry->year += dates->expire_years;
    expiry->minute = 0;
    expiry->second = 0;
    return;
  }
  expiry->year = not_after_count == UTC_TIME_LENGTH ? LAST_YEAR_OF_UTC_TIME : 9999;
  expiry->month = 12;
  expiry->day = 31;
  expiry->hour = 23;
  expiry->minute = 59;
  expiry->second = 59;
}

static uint8_t *put_pair(uint8_t *bytes, int32_t value) {
  bytes[0] = (uint8_t)('0' + value / 10);
  bytes[1] = (uint8_t)('0' + value % 10);
  return &bytes[2];
}

void certificate_time_put(uint8_t *bytes, size_t count, const struct certificate_time *time) {
  uint8_t *at = bytes;
  if (count == GENERALIZED_TIME_LENGTH) at = put_pair(at, time->year / 100);
  at = put_pair(at, time->year % 100);
  at = put_pair(at, time->month);
  at = put_pair(at, time->day);
  at = put_pair(at, time->hour);
  at = put_pair(at, time->minute);
  at = put_pair(at, time->second);
  *at = (uint8_t)'Z';
}

static int32_t pair(const uint8_t *bytes) { return ((int32_t)bytes[0] - '0') * 10 + ((int32_t)bytes[1] - '0'); }

void certificate_time_read(const uint8_t *bytes, size_t count, struct certificate_time *time) {
  const uint8_t *const year = &bytes[count - UTC_TIME_LENGTH];
  int32_t century = pair(bytes) < 50 ? 2000 : 1900;
  if (count == GENERALIZED_TIME_LENGTH) century = pair(bytes) * 100;
  time->year = century + pair(year);
  time->month = pair(&year[2]);
  time->day = pair(&year[4]);
  time->hour = pair(&year[6]);
  time->minute = pair(&year[8]);
  time->second = pair(&year[10]);
}
