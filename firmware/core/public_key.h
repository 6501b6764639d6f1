/* Public keys on P-256: as slots hold them, as certificates name them, as files have them. */
#ifndef PUBLIC_KEY_H
#define PUBLIC_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PADDED_KEY_LENGTH 72u
#define PUBLIC_KEY_INFO_LENGTH 91u

/* A slot has 4 pad bytes, X, 4 pad bytes, Y, so that each coordinate ends on a word of the slot. */
void public_key_pad(const uint8_t key[64], uint8_t padded[PADDED_KEY_LENGTH]);

/* What the pad bytes hold is not looked at. */
void public_key_unpad(const uint8_t padded[PADDED_KEY_LENGTH], uint8_t key[64]);

/* SHA-1 of 04||X||Y (RFC 5280 4.2.1.2, method 1). */
void public_key_identifier(const uint8_t key[64], uint8_t identifier[20]);

/* DER of SubjectPublicKeyInfo (RFC 5480 2). */
void public_key_info(const uint8_t key[64], uint8_t info[PUBLIC_KEY_INFO_LENGTH]);

/* X||Y within SubjectPublicKeyInfo; NULL where that holds another kind of key. */
const uint8_t *public_key_from_info(const uint8_t *info, size_t length);

#endif
