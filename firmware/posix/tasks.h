/* Tasks are threads. */
#ifndef TASKS_H
#define TASKS_H

/* Waits for the second task, which port_ending has told to end, for two seconds at most. */
void tasks_join(void);

#endif
