/* What both firmwares do first. */
#ifndef BOOT_H
#define BOOT_H

#include <stdint.h>
#include "settings.h"

/* app_main until the network is up: the console's first lines. */
void boot_banner(const struct device_settings *settings);

/* sysinit: looks at the chip (8 commands) and prints it. Returns a result of atecc.h. */
int boot_sysinit(uint8_t serial[9]);

#endif
