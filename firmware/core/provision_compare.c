#include "provision_compare.h"

#include <string.h>

#include "certificate_signature.h"
#include "pem_reception.h"

/* Four characters of base64 are three bytes. */
static uint8_t bytes[PEM_LIMIT / 4u * 3u + SIGNATURE_ELEMENT_LIMIT];

struct certificate_buffer provision_buffer(void) {
  const struct certificate_buffer buffer = {bytes, sizeof bytes, 0};
  return buffer;
}

static bool differs(const struct profile_certificate *issued, const struct certificate_buffer *back,
                    const struct profile_element *element) {
  return memcmp(&issued->template_der[element->offset], &back->bytes[element->offset], element->count) != 0;
}

bool provision_compare(const struct profile_certificate *issued, const struct certificate_buffer *back,
                       const char *which, struct reason *reason) {
  const bool same_length = issued->template_length == back->length;
  if (same_length && memcmp(issued->template_der, back->bytes, back->length) == 0) return true;
  /* What a chip rebuilds from keys of its own. */
  const char *why = "";
  if (differs(issued, back, &issued->public_key)) {
    why = ": it was issued for another key than that of the chip";
  } else if (differs(issued, back, &issued->authority_key_id)) {
    why = ": it was issued by another key than the one above it in the chip";
  }
  return reason_give(reason, "the %s certificate from the chip differs from the one that was written%s", which, why);
}
