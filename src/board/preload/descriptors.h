#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include "device.h"

/* Opens a device of a board with the flags of open(2). A descriptor, or -1 and errno. */
int open_device(const struct place *place, int flags);

/* The device behind `fd`, to be released after use; NULL when `fd` is something else. */
struct device *hold_device(int fd);
void release_device(struct device *device);

/* The device file behind `fd`; false when `fd` is something else. */
bool place_of_descriptor(int fd, struct place *place);

/* `fd` is about to be closed. */
void forget_descriptor(int fd);

/* `to` was made a duplicate of `from`, whatever that is. */
void copy_descriptor(int from, int to);

/*
 * Makes the device's connection one that can be used: another where this is the child of a fork, or where the board has hung
 * up meanwhile. 0, or a negative errno.
 */
int claim_connection(struct device *device);

#endif
