/*
 * The secret operations of a handshake, by the chip. mbedtls_ecdh_gen_public and mbedtls_ecdh_compute_shared of this
 * program stand in for those of the library, which calls them by the dynamic linker. The signature is asked of a key
 * whose operations are ours.
 */
#ifndef CHIP_HOOKS_H
#define CHIP_HOOKS_H

#include <mbedtls/pk.h>
#include <stdbool.h>

/* A private key that the chip has. False when the library refuses it. */
bool chip_hooks_key(mbedtls_pk_context *key);

#endif
