/* The key identifiers among the extensions of a certificate (RFC 5280 4.2.1.1 and 4.2.1.2). */
#ifndef CERTIFICATE_EXTENSIONS_H
#define CERTIFICATE_EXTENSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "der.h"
#include "reason.h"

struct certificate_key_identifiers {
  struct der_element subject, authority;
};

/* Both, 20 bytes each, out of the content of the extensions' sequence. */
bool certificate_key_identifiers(const uint8_t *extensions, size_t length,
                                 struct certificate_key_identifiers *identifiers, struct reason *reason);

#endif
