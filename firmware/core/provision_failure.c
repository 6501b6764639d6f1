#include "provision_failure.h"

#include "atecc_failure.h"
#include "certificate.h"
#include "credentials.h"

static const char *status_name(int status) {
  switch (status) {
    case CERTIFICATE_DECODING_ERROR: return "DECODING_ERROR";
    case CERTIFICATE_INVALID_DATE: return "INVALID_DATE";
    default: return "WRONG_CERT_DEF";
  }
}

bool provision_failed(int result, const char *which, struct reason *reason) {
  if (result < CREDENTIALS_BAD) {
    atecc_failure_text(atecc_last_failure(), reason);
    return false;
  }
  return reason_give(reason, "the %s certificate cannot be rebuilt: ATCACERT_E_%s", which,
                     status_name(result - CREDENTIALS_BAD));
}
