/* Whether the chip gives back the certificate that was written. */
#ifndef PROVISION_COMPARE_H
#define PROVISION_COMPARE_H

#include <stdbool.h>
#include "certificate.h"
#include "profile.h"
#include "reason.h"

/* Room for any certificate that a PEM text can hold, with another signature. There is one. */
struct certificate_buffer provision_buffer(void);

/* `issued` is its definition's template. False, with a reason, where `back` is not the same; `which` names it. */
bool provision_compare(const struct profile_certificate *issued, const struct certificate_buffer *back,
                       const char *which, struct reason *reason);

#endif
