/* The subject of a certificate: a sequence of sets of attributes (RFC 5280 4.1.2.4). */
#ifndef CERTIFICATE_NAMES_H
#define CERTIFICATE_NAMES_H

#include <stdbool.h>
#include "der.h"
#include "reason.h"

/* Whether it is elements of elements. */
bool certificate_name_check(const struct der_element *subject, struct reason *reason);

/* The first common name. `subject` has been checked. */
bool certificate_common_name(const struct der_element *subject, struct der_element *name, struct reason *reason);

#endif
