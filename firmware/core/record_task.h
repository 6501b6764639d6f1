/* The chip's part in the record of a hub. All return ATECC_OK or another result of atecc.h. */
#ifndef RECORD_TASK_H
#define RECORD_TASK_H

#include <stdbool.h>

#include "record.h"

/*
 * What the SDK does with the chip when it creates its HSM: an initialisation and the serial number, which is printed.
 */
int record_create_hsm(char serial[SERIAL_TEXT_SIZE]);

/* The hub that the chip has a record of; `found` is false when it has none that counts. */
int record_read(const char *serial, char hub[RECORD_HUB_LENGTH], bool *found);

/* A field of the record that was written and read back. */
struct record_written {
  int write_status, read_status; /* what the chip answered; 0: it did not refuse */
  bool same;
};

/*
 * Writes hub and serial number, reads each back, and prints what came of them. `same`: both are what was written.
 *
 * Quirk: what the chip refuses is printed, and the firmware goes on to compare.
 */
int record_write(const char *hub, bool *same);

#endif
