#include "record.h"

#include <string.h>

#include "profile.h"

/* Of a label (RFC 1035, 2.3.4). */
#define LABEL_LIMIT 63u

void record_serial_text(const uint8_t serial[9], char text[SERIAL_TEXT_SIZE]) {
  static const char DIGITS[] = "0123456789abcdef";
  for (size_t i = 0u; i < 9u; i++) {
    text[2u * i] = DIGITS[serial[i] >> 4];
    text[2u * i + 1u] = DIGITS[serial[i] & 0x0fu];
  }
  text[18] = '\0';
}

static bool is_letter_or_digit(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9');
}

bool record_is_host_name(const char *name) {
  size_t label = 0u;
  char before = '.';
  for (const char *at = name; *at != '\0'; at++) {
    if (*at == '.') {
      if (before == '.' || before == '-') return false;
      label = 0u;
    } else if (is_letter_or_digit(*at) || (*at == '-' && before != '.')) {
      label++;
      if (label > LABEL_LIMIT) return false;
    } else {
      return false;
    }
    before = *at;
  }
  return before != '.' && before != '-';
}

bool record_pad(const char *text, uint8_t *field, size_t length) {
  const size_t used = strlen(text);
  if (used >= length) return false;
  memset(field, 0, length);
  memcpy(field, text, used);
  return true;
}

/* The characters before the first NUL. */
static size_t text_length(const uint8_t *field, size_t length) {
  const uint8_t *end = memchr(field, 0, length);
  return end == NULL ? length : (size_t)(end - field);
}

bool record_same_text(const uint8_t *one, const uint8_t *other, size_t length) {
  const size_t used = text_length(one, length);
  return text_length(other, length) == used && memcmp(one, other, used) == 0;
}

size_t record_length(void) {
  const size_t serial_end = PROFILE.azure->record_serial_number + RECORD_SERIAL_LENGTH;
  const size_t hub_end = PROFILE.azure->record_hub_name + RECORD_HUB_LENGTH;
  return serial_end > hub_end ? serial_end : hub_end;
}

static bool all_zero(const uint8_t *bytes, size_t length) {
  for (size_t i = 0u; i < length; i++) {
    if (bytes[i] != 0u) return false;
  }
  return true;
}

bool record_hub(const uint8_t *slot, const char *serial, char hub[RECORD_HUB_LENGTH]) {
  uint8_t expected[RECORD_SERIAL_LENGTH];
  if (!record_pad(serial, expected, sizeof expected)) return false;
  if (memcmp(&slot[PROFILE.azure->record_serial_number], expected, sizeof expected) != 0) return false;
  const uint8_t *field = &slot[PROFILE.azure->record_hub_name];
  const size_t length = text_length(field, RECORD_HUB_LENGTH);
  if (length == RECORD_HUB_LENGTH || !all_zero(&field[length], RECORD_HUB_LENGTH - length)) return false;
  memcpy(hub, field, RECORD_HUB_LENGTH);
  /* The article's layout has the name where a certificate's common name was, which is the serial number. */
  return record_is_host_name(hub) && strncmp(hub, serial, strlen(serial)) != 0;
}
