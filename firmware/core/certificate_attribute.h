/* What attributes of a name and extensions have in common: a sequence of a type and, last in it, a value. */
#ifndef CERTIFICATE_ATTRIBUTE_H
#define CERTIFICATE_ATTRIBUTE_H

#include <stdbool.h>
#include "der.h"
#include "reason.h"

/* The three numbers in the identifiers that a certificate is searched for (RFC 5280 A): id-at 2.5.4, id-ce 2.5.29. */
#define CERTIFICATE_TYPE_NUMBERS 3u

/*
 * Gives the last element of `sequence` where its type is `type`, otherwise leaves `found` false. False for what is no
 * DER.
 */
bool certificate_attribute(const struct der_element *sequence, const uint64_t type[CERTIFICATE_TYPE_NUMBERS],
                           struct der_element *value, bool *found, struct reason *reason);

#endif
