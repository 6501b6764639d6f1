#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

/*
 * The program's memory, whose pointers may be none: what the kernel does by copy_from_user and copy_to_user. 0, or -EFAULT;
 * errno stays as it is.
 */
int copy_from_program(void *to, const void *from, size_t length);
int copy_to_program(void *to, const void *from, size_t length);

/* Whether all of it can be read. */
int check_readable(const void *from, size_t length);

/* A text with its end. -ENAMETOOLONG when `size` is too small for it. */
int text_from_program(char *to, size_t size, const char *from);

#endif
