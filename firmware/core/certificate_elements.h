/* Finds what differs between two certificates of one template. */
#ifndef CERTIFICATE_ELEMENTS_H
#define CERTIFICATE_ELEMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "profile.h"
#include "reason.h"

/*
 * Fills the elements of `definition`. The reason is `malformed`, or says why the certificate cannot serve as a
 * template.
 */
bool certificate_elements(const uint8_t *der, size_t length, struct profile_certificate *definition,
                          struct reason *reason);

#endif
