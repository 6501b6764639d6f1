/* Why something is refused, in the words that the provisioning firmware answers. */
#ifndef REASON_H
#define REASON_H

#include <stdbool.h>

#define REASON_SIZE 192u /* the longest is 140 bytes: a certificate that another key issued */

struct reason {
  bool malformed; /* what was read is no DER at all */
  char text[REASON_SIZE];
};

/* Both return false, so that a refusal is one statement. */
bool reason_give(struct reason *reason, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool reason_malformed(struct reason *reason, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
