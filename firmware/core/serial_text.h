/* A serial number as text, which is also a device's common name. */
#ifndef SERIAL_TEXT_H
#define SERIAL_TEXT_H

#include <stdint.h>

#define SERIAL_TEXT_SIZE 19u

/* 18 lower-case digits and a NUL. */
void serial_text(const uint8_t serial[9], char text[SERIAL_TEXT_SIZE]);

#endif
