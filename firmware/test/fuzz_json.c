/* Any bytes as JSON. What is read is looked into, to its depths, and every string and number decoded. */
#include <stdlib.h>
#include <string.h>

#include "../core/json.h"

#define WANTED "a"

static void require(bool holds) {
  if (!holds) abort();
}

static void look_at(const struct json_value *value) {
  char text[24];
  char small[2];
  size_t units = 0;
  size_t same_units = 0;
  double number = 0.0;
  const bool fits = json_string(value, text, sizeof text, &units);
  require(memchr(text, 0, sizeof text) != NULL);
  require(!fits || json_is_string(value));
  require(!fits || strlen(text) >= units);
  const bool fits_small = json_string(value, small, sizeof small, &same_units);
  require(units == same_units && (!fits_small || fits));
  require(!json_number(value, &number) || !json_is_string(value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct json_value value;
  struct json_value member;
  if (!json_read(data, size, &value)) return 0;
  require(value.text >= data && value.length > 0 && value.text + value.length <= data + size);
  look_at(&value);
  while (json_member(&value, WANTED, &member)) {
    require(member.text > value.text && member.text + member.length < value.text + value.length);
    /* A member is a text of its own. */
    struct json_value again;
    require(json_read(member.text, member.length, &again) && again.length == member.length);
    look_at(&member);
    value = member;
  }
  return 0;
}
