/* The PEM texts that a host sends, and what they are decoded to. */
#ifndef RECEIVED_H
#define RECEIVED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pem_reception.h"
#include "provision.h"
#include "reason.h"

/* Nothing is a text of length 0. */
struct received_text {
  uint8_t bytes[PEM_LIMIT];
  size_t length;
};

struct received {
  struct received_text signer, device; /* certificates */
  struct received_text root; /* public key */
};

/*
 * The certificates are their own templates: one build of the firmware serves every fleet. The texts are replaced by
 * their DER, which `issued` refers to. False where something cannot be provisioned; `complain` has then heard of each
 * part why, in whole lines.
 */
bool received_decode(struct received *received, struct issued *issued, void (*complain)(const char *text));

#endif
