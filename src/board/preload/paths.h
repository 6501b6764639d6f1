#ifndef PATHS_H
#define PATHS_H

#include "places.h"

#include <stddef.h>

/* Whether the last link of a path is to be followed, as by stat and not by lstat. */
enum links { FOLLOW, NO_FOLLOW };

/*
 * Whether `path`, from `directory` on as for openat, leads to /dev/i2c-k (or i2c-tools' /dev/i2c/k) or /dev/ttyEMUk of a
 * board that the launcher named, or is the link that /proc has for a descriptor of one.
 */
bool place_of_path(int directory, const char *path, enum links links, struct place *place);

/* Whether `path` is such a link itself. */
bool place_of_link(const char *path, struct place *place);

/* The path that the kernel would have for a place. */
struct device_path {
  char text[24];
};
struct device_path path_of_place(const struct place *place);

#endif
