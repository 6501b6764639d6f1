/* The machine's clock. */
#ifndef POWER_UP_H
#define POWER_UP_H

/* Power-up: from now on port_time_ms counts. */
void time_begin(void);

#endif
