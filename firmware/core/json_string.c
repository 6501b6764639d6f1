#include <string.h>

#include "json.h"

#define REPLACEMENT 0xfffdu

struct output {
  char *text;
  size_t size, length, units;
  bool fits;
};

static void put_byte(struct output *output, uint32_t byte) {
  /* One byte is the NUL's. */
  if (output->length + 1u < output->size) output->text[output->length++] = (char)(uint8_t)byte;
  else output->fits = false;
}

/* One character below U+10000: a half of a surrogate pair is one for itself. */
static void put(struct output *output, uint32_t unit) {
  output->units++;
  if (unit != 0u && unit < 0x80u) {
    put_byte(output, unit);
  } else if (unit < 0x800u) {
    put_byte(output, 0xc0u | unit >> 6);
    put_byte(output, 0x80u | (unit & 0x3fu));
  } else {
    put_byte(output, 0xe0u | unit >> 12);
    put_byte(output, 0x80u | (unit >> 6 & 0x3fu));
    put_byte(output, 0x80u | (unit & 0x3fu));
  }
}

static uint32_t digit_value(uint8_t digit) {
  if (digit <= '9') return (uint32_t)(digit - '0');
  return (uint32_t)((digit | 0x20u) - 'a') + 10u;
}

/* What stands behind a backslash. Returns how many bytes that is. */
static size_t put_escape(struct output *output, const uint8_t *escape) {
  static const char LETTERS[] = "bfnrt";
  static const char MEANINGS[] = "\b\f\n\r\t";
  if (escape[0] == 'u') {
    uint32_t unit = 0u;
    for (size_t i = 1u; i <= 4u; i++) unit = unit << 4 | digit_value(escape[i]);
    put(output, unit);
    return 5u;
  }
  const char *letter = strchr(LETTERS, escape[0]);
  put(output, letter == NULL ? escape[0] : (uint32_t)MEANINGS[letter - LETTERS]);
  return 1u;
}

/* How many bytes follow this one in its character (RFC 3629, 4); 0 where none begins with it. */
static size_t continuation_count(uint8_t lead) {
  if (lead >= 0xc2u && lead <= 0xdfu) return 1u;
  if (lead >= 0xe0u && lead <= 0xefu) return 2u;
  return lead >= 0xf0u && lead <= 0xf4u ? 3u : 0u;
}

/* Neither the long forms of short characters, nor surrogates, nor what is beyond U+10FFFF. */
static bool may_follow(uint8_t lead, uint8_t second) {
  if (lead == 0xe0u) return second >= 0xa0u;
  if (lead == 0xedu) return second <= 0x9fu;
  if (lead == 0xf0u) return second >= 0x90u;
  return lead != 0xf4u || second <= 0x8fu;
}

/* A character beyond ASCII. Returns its bytes, or those that no other character shares with what is none. */
static size_t put_utf8(struct output *output, const uint8_t *bytes, size_t length) {
  const size_t count = continuation_count(bytes[0]);
  uint32_t point = bytes[0] & (0x3fu >> count);
  size_t at = 1u;
  while (at <= count && at < length && (bytes[at] & 0xc0u) == 0x80u && (at > 1u || may_follow(bytes[0], bytes[1]))) {
    point = point << 6 | (bytes[at] & 0x3fu);
    at++;
  }
  if (count == 0u || at <= count) {
    put(output, REPLACEMENT);
  } else if (point >= 0x10000u) {
    put(output, 0xd800u | (point - 0x10000u) >> 10);
    put(output, 0xdc00u | (point & 0x3ffu));
  } else {
    put(output, point);
  }
  return at;
}

bool json_string(const struct json_value *value, char *text, size_t size, size_t *units) {
  struct output output = {text, size, 0u, 0u, true};
  text[0] = '\0';
  *units = 0u;
  if (!json_is_string(value)) return false;
  size_t at = 1u;
  while (at < value->length - 1u) {
    const uint8_t byte = value->text[at];
    if (byte == '\\') {
      at += 1u + put_escape(&output, &value->text[at + 1u]);
    } else if (byte < 0x80u) {
      put(&output, byte);
      at++;
    } else {
      at += put_utf8(&output, &value->text[at], value->length - 1u - at);
    }
  }
  *units = output.units;
  text[output.fits ? output.length : 0u] = '\0';
  return output.fits;
}
