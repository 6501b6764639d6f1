/* A certificate as a chip stores it, in 72 bytes (Microchip's "ATECC compressed certificate definition", table 1). */
#ifndef COMPRESSED_H
#define COMPRESSED_H

#define COMPRESSED_LENGTH 72u

/*
 * Offsets: R||S; dates (3 bytes); id of the signer (2), which nobody has; then two halves of a byte each; a reserved
 * byte.
 */
#define COMPRESSED_SIGNATURE 0u
#define COMPRESSED_DATES 64u
#define COMPRESSED_TEMPLATE_AND_CHAIN 69u
#define COMPRESSED_SN_SOURCE_AND_FORMAT 70u

/* Of the slot of what the signer's 72 bytes cannot hold: two blocks are written. */
#define SIGNER_RECORD_LENGTH 64u
#define SIGNER_RECORD_SERIAL_NUMBER_COUNT 16u
#define SIGNER_RECORD_DATE_COUNT 13u

#endif
