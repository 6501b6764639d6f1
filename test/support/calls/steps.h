#ifndef STEPS_H
#define STEPS_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the steps work on. */
extern int descriptor;

/* A step takes its arguments from the command line and prints one line. */
struct step {
  const char *name;
  void (*run)(char **arguments);
  int arguments;
};

extern const struct step FILE_STEPS[], STREAM_STEPS[], POINTER_STEPS[], I2C_STEPS[], SERIAL_STEPS[];

/* "name 3", or "name EIO". */
void print_result(const char *name, long result);
void print_bytes(const uint8_t *bytes, size_t count);
/* Hexadecimal digits as bytes. */
size_t parse_bytes(const char *text, uint8_t *bytes, size_t size);

#endif
