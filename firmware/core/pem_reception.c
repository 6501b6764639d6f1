#include "pem_reception.h"

#include <stddef.h>
#include <string.h>

#define HYPHENS 5u
/* All of `-----END …-----` is in the last 64 bytes; the longest line that ends a text is far shorter. */
#define LABEL_LIMIT (64u - 2u * HYPHENS)

static const char end[] = "END ";
#define END_LENGTH (sizeof end - 1u)

void pem_reception_begin(struct pem_reception *reception) { memset(reception, 0, sizeof *reception); }

static bool is_label(uint8_t byte) {
  return (byte >= (uint8_t)'A' && byte <= (uint8_t)'Z') || (byte >= (uint8_t)'0' && byte <= (uint8_t)'9') ||
         byte == (uint8_t)' ';
}

/* Whether this byte may be the next of `END …`. */
static bool fits(uint32_t label, uint8_t byte) {
  if (label < END_LENGTH) return byte == (uint8_t)end[label];
  return label < LABEL_LIMIT && is_label(byte);
}

static void take_other(struct pem_reception *reception, uint8_t byte) {
  const bool begins = reception->hyphens >= HYPHENS;
  const bool goes_on = reception->hyphens == 0u && reception->label > 0u;
  const uint32_t label = begins ? 0u : reception->label;
  reception->label = (begins || goes_on) && fits(label, byte) ? label + 1u : 0u;
  reception->hyphens = 0;
  reception->ending = false;
}

static void take_hyphen(struct pem_reception *reception) {
  if (reception->hyphens == 0u) reception->ending = reception->label > END_LENGTH;
  reception->hyphens++;
}

enum pem_state pem_reception_take(struct pem_reception *reception, uint8_t byte) {
  reception->taken++;
  if (byte == (uint8_t)'-') {
    take_hyphen(reception);
    if (reception->ending && reception->hyphens == HYPHENS) return PEM_OVER;
  } else {
    take_other(reception, byte);
  }
  return reception->taken < PEM_LIMIT ? PEM_MORE : PEM_TOO_LONG;
}
