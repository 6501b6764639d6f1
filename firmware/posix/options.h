/* The command line of the program, which is what menuconfig is for the board. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

#include "../core/settings.h"

struct options {
  struct device_settings device;
  const char *ca_file;
  const char *chip_wire, *sensor_wire; /* of i2c_open */
  bool provision;
  bool help;
};

/* False when the line has a mistake, which standard error has been told. Texts live as long as the process. */
bool options_parse(struct options *options, int count, char **words);

/* What --help prints. */
extern const char OPTIONS_HELP[];

#endif
