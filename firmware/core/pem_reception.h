/*
 * Recognises the end of a PEM text as it comes in, whatever its label is: a text of the wrong kind must not leave the
 * receiver waiting for the right one.
 */
#ifndef PEM_RECEPTION_H
#define PEM_RECEPTION_H

#include <stdbool.h>
#include <stdint.h>

/* More than any certificate on P-256 has, with the explanations that tools put in front of it (RFC 7468 5.2). */
#define PEM_LIMIT 4096u

enum pem_state { PEM_MORE, PEM_OVER, PEM_TOO_LONG };

struct pem_reception {
  uint32_t taken;
  uint32_t hyphens; /* in a row, the last bytes or those in front of the label */
  uint32_t label; /* bytes of what may be `END …` behind five hyphens; 0: none */
  bool ending; /* the label is one, and its hyphens come */
};

void pem_reception_begin(struct pem_reception *reception);

/* PEM_OVER when this byte ends the footer, PEM_TOO_LONG when there was none within the limit. */
enum pem_state pem_reception_take(struct pem_reception *reception, uint8_t byte);

#endif
