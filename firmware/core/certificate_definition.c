#include "certificate_definition.h"

#include <string.h>

#include "certificate_dates.h"
#include "certificate_elements.h"
#include "certificate_take.h"

#define MOST_EXPIRE_YEARS 31 /* five bits */

/* Whole years between the dates, 0 for more than a compressed certificate can hold. */
static uint8_t expire_years_of(const uint8_t *der, const struct profile_certificate *definition) {
  const struct profile_element *const before = &definition->not_before;
  const struct profile_element *const after = &definition->not_after;
  struct certificate_time issued;
  struct certificate_time expires;
  certificate_time_read(&der[before->offset], before->count, &issued);
  certificate_time_read(&der[after->offset], after->count, &expires);
  const int32_t years = expires.year - issued.year;
  return years < 0 || years > MOST_EXPIRE_YEARS ? 0 : (uint8_t)years;
}

bool certificate_definition(const uint8_t *der, size_t length, enum certificate_kind kind,
                            struct profile_certificate *definition, struct reason *reason) {
  memset(definition, 0, sizeof *definition);
  if (!certificate_elements(der, length, definition, reason)) {
    if (reason->malformed) {
      const struct reason inner = *reason;
      (void)reason_give(reason, "this is not a certificate in DER: %.120s", inner.text);
    }
    return false;
  }
  if (kind == CERTIFICATE_SIGNER &&
      (definition->not_before.count != UTC_TIME_LENGTH || definition->not_after.count != UTC_TIME_LENGTH)) {
    return certificate_unfit(reason, "the signer's record holds its dates as UTCTime");
  }
  definition->template_der = der;
  definition->template_length = length;
  definition->template_id = kind == CERTIFICATE_SIGNER ? 1 : 2;
  definition->chain_id = 0;
  definition->sn_source = kind == CERTIFICATE_SIGNER ? 0x0 : 0xa;
  definition->expire_years = expire_years_of(der, definition);
  return true;
}
