#ifndef HANDLE_H
#define HANDLE_H

#include "places.h"

/*
 * What a program holds as its descriptor of /dev/i2c-k: a socket that is connected to nothing. What reaches the kernel past
 * this library, by stdio that is already open, by raw system calls or by another program, fails there with an errno instead of
 * coming between the requests to the board: reads with EINVAL, writes with ENOTCONN, ioctls with ENOTTY. Its name, which
 * goes with it through dup, fork and exec, says what it is.
 */

/* The name is abstract (unix(7)): there is no file. */
struct handle_name {
  char text[48];
};

/* A descriptor, or a negative errno. `access` is O_RDONLY, O_WRONLY or O_RDWR. */
int make_handle(const struct place *place, int access, bool close_on_exec, struct handle_name *name);

/* Whether `fd` is the handle of this name. */
bool is_handle(int fd, const struct handle_name *name);

/* Whether `fd` is a handle, and of what. */
bool read_handle(int fd, struct handle_name *name, in_port_t *port, int *access);

#endif
