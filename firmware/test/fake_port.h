/*
 * A machine for unit tests: its time moves by what is waited, its console is a text. A test that defines a function of port.h itself
 * takes the place of the one here.
 */
#ifndef FAKE_PORT_H
#define FAKE_PORT_H

#include <stdint.h>

extern uint64_t fake_time_us;
extern char fake_console[65536];

void fake_port_reset(void);

#endif
