#include "received.h"

#include <stdio.h>
#include <string.h>

#include "certificate_definition.h"
#include "pem.h"

/* Replaces the text by its DER. */
static bool decode(struct received_text *text, const char *label, struct reason *reason) {
  size_t length = 0;
  if (!pem_decode(text->bytes, text->length, label, &length)) {
    if (text->length == 0u) return reason_give(reason, "none was received");
    return reason_give(reason, "this is no whole -----BEGIN %s----- in PEM", label);
  }
  text->length = length;
  return true;
}

static bool decode_signer(struct received_text *text, struct issued *issued, struct reason *reason) {
  if (!decode(text, "CERTIFICATE", reason)) return false;
  if (!certificate_definition(text->bytes, text->length, CERTIFICATE_SIGNER, &issued->signer, reason)) return false;
  return compress_signer(&issued->signer, &issued->signer_slots, reason);
}

/* Refused before anything is written, where a chip could not give it back. */
static bool decode_device(struct received_text *text, struct issued *issued, struct reason *reason) {
  if (!decode(text, "CERTIFICATE", reason)) return false;
  if (!certificate_definition(text->bytes, text->length, CERTIFICATE_DEVICE, &issued->device, reason)) return false;
  return compress_device(&issued->device, &issued->device_slots, reason);
}

static bool decode_root(struct received_text *text, struct issued *issued, struct reason *reason) {
  if (!decode(text, "PUBLIC KEY", reason)) return false;
  const uint8_t *const key = public_key_from_info(text->bytes, text->length);
  if (key == NULL) return reason_give(reason, "this is no public key on P-256");
  memcpy(issued->root_public_key, key, sizeof issued->root_public_key);
  return true;
}

static void conversion_failed(const char *what, const struct reason *reason, void (*complain)(const char *text)) {
  char line[REASON_SIZE + 32u];
  (void)snprintf(line, sizeof line, "%s conversion failed: %s\n", what, reason->text);
  complain(line);
}

bool received_decode(struct received *received, struct issued *issued, void (*complain)(const char *text)) {
  struct reason reason;
  const bool signer = decode_signer(&received->signer, issued, &reason);
  if (!signer) conversion_failed("signer cert", &reason, complain);
  const bool device = decode_device(&received->device, issued, &reason);
  if (!device) conversion_failed("device cert", &reason, complain);
  const bool root = decode_root(&received->root, issued, &reason);
  if (!root) conversion_failed("root pubkey", &reason, complain);
  return signer && device && root;
}
