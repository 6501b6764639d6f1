/* Whether a text is JSON. Loops where a grammar would recurse: what is open is a bit each. */
#include <string.h>

#include "json.h"
#include "json_syntax.h"

/* What the grammar has next. */
enum expected { VALUE, VALUE_OR_END, NAME, NAME_OR_END, COLON, COMMA_OR_END, NOTHING };

struct reader {
  struct json_cursor cursor;
  enum expected expected;
  size_t depth;
  uint8_t objects[JSON_DEPTH_LIMIT / 8u]; /* 1: what is open at this depth is an object, and not an array */
};

static bool in_object(const struct reader *reader) {
  const size_t depth = reader->depth - 1u;
  return (reader->objects[depth / 8u] >> (depth % 8u) & 1u) != 0u;
}

static void value_ended(struct reader *reader) { reader->expected = reader->depth == 0u ? NOTHING : COMMA_OR_END; }

static bool open_container(struct reader *reader, bool is_object) {
  if (reader->depth == JSON_DEPTH_LIMIT) return false;
  const uint8_t bit = (uint8_t)(1u << (reader->depth % 8u));
  uint8_t *bits = &reader->objects[reader->depth / 8u];
  *bits = (uint8_t)(is_object ? *bits | bit : *bits & ~bit);
  reader->depth++;
  reader->cursor.at++;
  reader->expected = is_object ? NAME_OR_END : VALUE_OR_END;
  return true;
}

static bool close_container(struct reader *reader) {
  reader->depth--;
  reader->cursor.at++;
  value_ended(reader);
  return true;
}

static bool read_value(struct reader *reader) {
  const uint8_t byte = json_peek(&reader->cursor);
  if (byte == '{' || byte == '[') return open_container(reader, byte == '{');
  value_ended(reader);
  if (byte == '"') return json_skip_string(&reader->cursor);
  if (byte == '-' || (byte >= '0' && byte <= '9')) return json_skip_number(&reader->cursor);
  return json_skip_literal(&reader->cursor);
}

static bool read_name(struct reader *reader) {
  reader->expected = COLON;
  return json_skip_string(&reader->cursor);
}

static bool read_colon(struct reader *reader) {
  reader->expected = VALUE;
  if (json_peek(&reader->cursor) != ':') return false;
  reader->cursor.at++;
  return true;
}

static bool read_comma_or_end(struct reader *reader) {
  const bool is_object = in_object(reader);
  const uint8_t byte = json_peek(&reader->cursor);
  if (byte == (is_object ? '}' : ']')) return close_container(reader);
  reader->expected = is_object ? NAME : VALUE;
  if (byte != ',') return false;
  reader->cursor.at++;
  return true;
}

static bool read_token(struct reader *reader) {
  const uint8_t byte = json_peek(&reader->cursor);
  switch (reader->expected) {
    case VALUE_OR_END:
      return byte == ']' ? close_container(reader) : read_value(reader);
    case VALUE:
      return read_value(reader);
    case NAME_OR_END:
      return byte == '}' ? close_container(reader) : read_name(reader);
    case NAME:
      return read_name(reader);
    case COLON:
      return read_colon(reader);
    case COMMA_OR_END:
      return read_comma_or_end(reader);
    case NOTHING:
    default:
      return false;
  }
}

static size_t byte_order_mark(const uint8_t *text, size_t length) {
  static const uint8_t MARK[] = {0xef, 0xbb, 0xbf};
  return length >= sizeof MARK && memcmp(text, MARK, sizeof MARK) == 0 ? sizeof MARK : 0u;
}

bool json_read(const uint8_t *text, size_t length, struct json_value *value) {
  struct reader reader = {.cursor = {text, length, byte_order_mark(text, length)}, .expected = VALUE, .depth = 0u};
  json_skip_space(&reader.cursor);
  const size_t begin = reader.cursor.at;
  while (reader.expected != NOTHING) {
    json_skip_space(&reader.cursor);
    if (!read_token(&reader)) return false;
  }
  *value = (struct json_value){&text[begin], reader.cursor.at - begin};
  json_skip_space(&reader.cursor);
  return reader.cursor.at == length;
}
