/*
 * The SDK's sample at the assigned hub: it subscribes to the hub's messages, sends some of its own, and leaves.
 *
 * Quirk: it sends without waiting for its SUBACK, because the transport takes a subscription that was asked for as
 * granted.
 * Quirk: any message of the hub ends it.
 *
 * The original leaves as soon as its last message is sent. This one waits for the acknowledgements.
 */
#ifndef HUB_TRIAL_H
#define HUB_TRIAL_H

#include "settings.h"

/* Returns when it has ended, however it did, or port_ending. The firmware goes on all the same. */
void hub_trial_run(const struct device_settings *settings, const char *hub, const char *device_id);

#endif
