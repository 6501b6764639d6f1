/* Texts in PEM (RFC 7468). */
#ifndef PEM_H
#define PEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Replaces the text by the DER in its first whole block with this label, at the beginning. False where there is none.
 */
bool pem_decode(uint8_t *text, size_t length, const char *label, size_t *der_length);

/*
 * Writes lines of 64 characters and a NUL; `room` is enough for both. Returns the length without the NUL, 0 where it is
 * not.
 */
size_t pem_encode(const char *label, const uint8_t *der, size_t length, char *text, size_t room);

#endif
