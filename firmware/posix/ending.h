/* The end of the program, by a signal or because a part of the machine is gone. It wakes every task that waits. */
#ifndef ENDING_H
#define ENDING_H

#include <stdbool.h>
#include <stdint.h>

/* SIGINT and SIGTERM end the program. False when the system has no descriptors left. */
bool ending_install(void);

/* The program cannot go on, and says why on standard error. */
void ending_give_up(const char *why);

/* Whether it gave up. */
bool ending_gave_up(void);

/*
 * Waits until the descriptor has one of the events of poll(2), or `ms` have passed, or the program ends. -1: for no
 * descriptor. True when there is an event.
 */
bool ending_poll(int descriptor, short events, uint32_t ms);

#endif
