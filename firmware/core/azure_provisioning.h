/* azure_task: registers at the DPS, tries the hub that it names, and writes the record. */
#ifndef AZURE_PROVISIONING_H
#define AZURE_PROVISIONING_H

#include <stdbool.h>

#include "settings.h"

/*
 * Returns whether the chip has its record now; false too when port_ending. A failure leaves the device as it is, until
 * it is powered up again.
 *
 * Quirk: the record is written whatever came of the trial.
 */
bool azure_provision(const struct device_settings *settings);

#endif
