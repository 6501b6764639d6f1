/*
 * The messages of one connection to a hub, with QoS 1. What is not acknowledged in time is sent again with the same
 * packet id, and comes to nothing when that was in vain too.
 */
#ifndef D2C_MESSAGES_H
#define D2C_MESSAGES_H

#include <stdbool.h>
#include <stdint.h>

/* No message of a new connection is on its way. `topic` must last. */
void d2c_begin(const char *topic);

/* Sends the message of this number. */
void d2c_send(uint16_t id, uint8_t index, uint64_t now_ms);

void d2c_acknowledged(uint16_t id);

/* How many are not acknowledged. */
unsigned d2c_unacknowledged(void);

/* When the next one has to be sent again; UINT64_MAX: none. */
uint64_t d2c_due_ms(void);

/* Sends again what is due. False when one of them was sent often enough. */
bool d2c_send_again(uint64_t now_ms);

#endif
