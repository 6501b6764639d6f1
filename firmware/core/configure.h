/* Personalises a chip: writes and locks the configuration, locks the data zone, makes the keys. Irreversible. */
#ifndef CONFIGURE_H
#define CONFIGURE_H

#include <stdint.h>

/*
 * Returns a result of atecc.h. `tell` hears of the device's public key, X||Y, before the spare keys are made.
 * Quirk: a second run keeps the device key and makes the spare ones anew.
 */
int configure_chip(void (*tell)(const uint8_t public_key[64]));

#endif
