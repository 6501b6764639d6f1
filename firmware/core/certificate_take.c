#include "certificate_take.h"

bool certificate_unfit(struct reason *reason, const char *what) {
  return reason_give(reason, "the certificate cannot serve as a template: %s", what);
}

bool certificate_take(struct der_reader *reader, uint8_t tag, const char *missing, struct der_element *element,
                      struct reason *reason) {
  if (!der_is_next(reader, tag)) return certificate_unfit(reason, missing);
  return der_next(reader, element, reason);
}
