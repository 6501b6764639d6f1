/*
 * Makes the definition of a certificate from the certificate itself: the provisioning firmware has no templates
 * compiled in.
 */
#ifndef CERTIFICATE_DEFINITION_H
#define CERTIFICATE_DEFINITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "profile.h"
#include "reason.h"

enum certificate_kind { CERTIFICATE_SIGNER, CERTIFICATE_DEVICE };

/* `der` is the template, which must last. False, with a reason, where a chip could not give it back. */
bool certificate_definition(const uint8_t *der, size_t length, enum certificate_kind kind,
                            struct profile_certificate *definition, struct reason *reason);

#endif
