/* The key operations of one TLS handshake, by the chip. All return ATECC_OK or another result of atecc.h. */
#ifndef CHIP_KEYS_H
#define CHIP_KEYS_H

#include <stdbool.h>
#include <stdint.h>

/* The SDK's hooks begin each operation with the library's initialisation, one command more. Called before the connection. */
void chip_keys_initialise_first(bool first);

int chip_keys_generate(uint8_t public_key[64]); /* a key in TempKey; X||Y */
int chip_keys_agree(const uint8_t peer[64], uint8_t secret[32]); /* Random, Write of the IO protection key, ECDH */
int chip_keys_sign(const uint8_t digest[32], uint8_t signature[64]); /* Random, Nonce, Sign; R||S */

#endif
