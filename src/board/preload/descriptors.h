#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include "device.h"

/* Opens a device of a board with the flags of open(2). A descriptor, or -1 and errno. */
int open_device(const struct place *place, int flags);

/* The device behind `fd`, to be released after use; NULL when `fd` is something else. */
struct device *hold_device(int fd);
void release_device(struct device *device);

/* `fd` is about to be closed. A bus's connection may be kept for the next opening. */
void forget_descriptor(int fd);

/* `to` was made a duplicate of `from`. */
void copy_descriptor(int from, int to);

/* Whether the connection can be used by this process: after a fork the child gets its own. 0, or a negative errno. */
int claim_connection(struct device *device);

#endif
