/* What the factory's firmware says as it provisions, to the letter. */
#ifndef PROVISIONING_TEXTS_H
#define PROVISIONING_TEXTS_H

#include "provision.h"

#define PROVISIONING_BEGINS "\nprovisioning start\n"
#define PROVISIONING_SUCCEEDED "\nDevice Provisioning Successful!\n"
#define PROVISIONING_FAILED "\nDevice Provisioning failed!\n"

/* As the step begins. */
const char *provisioning_step_text(enum provisioning_step step);

/* Where it fails, in front of the reason. */
const char *provisioning_failure_text(enum provisioning_step step);

#endif
