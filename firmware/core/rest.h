/* The sleep of a task that somebody may end. */
#ifndef REST_H
#define REST_H

#include <stdbool.h>
#include <stdint.h>

/* False when the tasks are to end: within a second of that, whatever `ms` is. */
bool rest_ms(uint32_t ms);

#endif
