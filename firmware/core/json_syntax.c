#include "json_syntax.h"

#include <string.h>

uint8_t json_peek(const struct json_cursor *cursor) {
  return cursor->at < cursor->length ? cursor->text[cursor->at] : 0u;
}

static bool take(struct json_cursor *cursor, uint8_t byte) {
  if (json_peek(cursor) != byte) return false;
  cursor->at++;
  return true;
}

void json_skip_space(struct json_cursor *cursor) {
  uint8_t byte = json_peek(cursor);
  while (byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r') {
    cursor->at++;
    byte = json_peek(cursor);
  }
}

static bool is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

static bool is_hexadecimal(uint8_t byte) {
  return is_digit(byte) || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F');
}

/* Behind a backslash. */
static bool skip_escape(struct json_cursor *cursor) {
  const uint8_t byte = json_peek(cursor);
  if (byte == 0u) return false;
  cursor->at++;
  if (byte != 'u') return strchr("\"\\/bfnrt", byte) != NULL;
  for (int digit = 0; digit < 4; digit++) {
    if (!is_hexadecimal(json_peek(cursor))) return false;
    cursor->at++;
  }
  return true;
}

bool json_skip_string(struct json_cursor *cursor) {
  if (!take(cursor, '"')) return false;
  while (!take(cursor, '"')) {
    const bool is_escape = take(cursor, '\\');
    if (is_escape && !skip_escape(cursor)) return false;
    /* Control characters are escaped (RFC 8259, 7); the end of the text counts as one. */
    if (!is_escape && json_peek(cursor) < 0x20u) return false;
    if (!is_escape) cursor->at++;
  }
  return true;
}

static bool skip_digits(struct json_cursor *cursor) {
  const size_t begin = cursor->at;
  while (is_digit(json_peek(cursor))) cursor->at++;
  return cursor->at > begin;
}

bool json_skip_number(struct json_cursor *cursor) {
  (void)take(cursor, '-');
  /* No zero in front of another digit (RFC 8259, 6). */
  if (!take(cursor, '0') && !skip_digits(cursor)) return false;
  if (take(cursor, '.') && !skip_digits(cursor)) return false;
  if (!take(cursor, 'e') && !take(cursor, 'E')) return true;
  if (!take(cursor, '+')) (void)take(cursor, '-');
  return skip_digits(cursor);
}

bool json_skip_literal(struct json_cursor *cursor) {
  static const char *const LITERALS[] = {"true", "false", "null"};
  const size_t rest = cursor->length - cursor->at;
  for (size_t i = 0; i < sizeof LITERALS / sizeof LITERALS[0]; i++) {
    const size_t length = strlen(LITERALS[i]);
    if (rest >= length && memcmp(&cursor->text[cursor->at], LITERALS[i], length) == 0) {
      cursor->at += length;
      return true;
    }
  }
  return false;
}
