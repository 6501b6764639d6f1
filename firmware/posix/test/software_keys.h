#ifndef SOFTWARE_KEYS_H
#define SOFTWARE_KEYS_H

#include <stdbool.h>

extern struct software_key_calls {
  unsigned generate, agree, sign;
} software_key_calls;

/* `key_file` has the device's private key, PEM. */
bool software_keys_begin(const char *key_file);
void software_keys_end(void);

#endif
