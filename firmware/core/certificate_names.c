#include "certificate_names.h"

#include "certificate_attribute.h"
#include "certificate_take.h"

bool certificate_name_check(const struct der_element *subject, struct reason *reason) {
  struct der_reader sets = der_reader_of(subject->content, subject->length);
  struct der_element set;
  if (!der_check_rest(&sets, reason)) return false;
  while (!der_at_end(&sets)) {
    if (!der_next(&sets, &set, reason)) return false;
    const struct der_reader attributes = der_reader_of(set.content, set.length);
    if (!der_check_rest(&attributes, reason)) return false;
  }
  return true;
}

bool certificate_common_name(const struct der_element *subject, struct der_element *name, struct reason *reason) {
  /* id-at-commonName, 2.5.4.3 */
  static const uint64_t common_name[CERTIFICATE_TYPE_NUMBERS] = {2 * 40 + 5, 4, 3};
  struct der_reader sets = der_reader_of(subject->content, subject->length);
  struct der_element set;
  struct der_element attribute;
  while (!der_at_end(&sets)) {
    if (!der_next(&sets, &set, reason)) return false;
    struct der_reader attributes = der_reader_of(set.content, set.length);
    while (!der_at_end(&attributes)) {
      bool found = false;
      if (!der_next(&attributes, &attribute, reason)) return false;
      if (!certificate_attribute(&attribute, common_name, name, &found, reason)) return false;
      if (found) return true;
    }
  }
  return certificate_unfit(reason, "no 2.5.4.3");
}
