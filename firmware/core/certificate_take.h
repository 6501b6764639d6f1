/* How a certificate is read that is to be a template: what is missing in it is said. */
#ifndef CERTIFICATE_TAKE_H
#define CERTIFICATE_TAKE_H

#include <stdbool.h>
#include <stdint.h>
#include "der.h"
#include "reason.h"

/* Returns false, with the reason `what`. */
bool certificate_unfit(struct reason *reason, const char *what);

/* The next element, which has `tag`; `missing` is said where another one stands. */
bool certificate_take(struct der_reader *reader, uint8_t tag, const char *missing, struct der_element *element,
                      struct reason *reason);

#endif
