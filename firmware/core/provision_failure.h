/* What a result of the chip means to who provisions. */
#ifndef PROVISION_FAILURE_H
#define PROVISION_FAILURE_H

#include <stdbool.h>
#include "reason.h"

/*
 * Returns false, with the reason: `result` is one of atecc.h or of credentials_load, then of the certificate `which`.
 */
bool provision_failed(int result, const char *which, struct reason *reason);

#endif
