/* The record of a device's hub in its chip: host name and serial number, in places that the profile gives. */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Open to read and write (SlotConfig 0x0F0F). Its 416 bytes: data sheet, table 2-2. */
#define RECORD_SLOT 8u
#define RECORD_SLOT_LENGTH 416u
/* With the NUL that ends it: a host name has 47 characters at most. */
#define RECORD_HUB_LENGTH 48u
/* 18 digits and two NULs. */
#define RECORD_SERIAL_LENGTH 20u

/* The chip's serial number as the firmware writes it: lower-case digits. It is the registration id too. */
#define SERIAL_TEXT_SIZE 19u
void record_serial_text(const uint8_t serial[9], char text[SERIAL_TEXT_SIZE]);

/* Letters, digits and hyphens in labels (RFC 1123, 2.1). */
bool record_is_host_name(const char *name);

/* A text as its field has it, padded with NULs. False when it does not fit with one. */
bool record_pad(const char *text, uint8_t *field, size_t length);

/* Whether strcmp sees no difference between two fields. */
bool record_same_text(const uint8_t *one, const uint8_t *other, size_t length);

/* How many bytes of the slot, from its beginning, the record lies in. */
size_t record_length(void);

/*
 * The hub that the slot's bytes name to the device with this serial number; false when there is no whole record. A chip
 * that was personalised has the serial number there already, and what is left of its certificate, and one that was
 * reset in the middle has a part: both fields count only to their last byte.
 */
bool record_hub(const uint8_t *slot, const char *serial, char hub[RECORD_HUB_LENGTH]);

#endif
