#include "json.h"

#include <string.h>

#include "json_syntax.h"

/* As long as every name that somebody looks for. */
#define NAME_SIZE 24u

bool json_is_object(const struct json_value *value) { return value->length > 0u && value->text[0] == '{'; }

bool json_is_string(const struct json_value *value) { return value->length > 0u && value->text[0] == '"'; }

/* Over a value that is well-formed. */
static void skip_value(struct json_cursor *cursor) {
  size_t depth = 0u;
  do {
    const uint8_t byte = json_peek(cursor);
    if (byte == '"') {
      (void)json_skip_string(cursor);
    } else if (byte == '{' || byte == '[') {
      depth++;
      cursor->at++;
    } else if (byte == '}' || byte == ']') {
      depth--;
      cursor->at++;
    } else if (byte == '-' || (byte >= '0' && byte <= '9')) {
      (void)json_skip_number(cursor);
    } else if (!json_skip_literal(cursor)) {
      cursor->at++; /* what stands between the values of an array or an object */
    }
  } while (depth > 0u && cursor->at < cursor->length);
}

static bool is_name(const struct json_value *value, const char *name) {
  char text[NAME_SIZE];
  size_t units;
  return json_string(value, text, sizeof text, &units) && strcmp(text, name) == 0;
}

static struct json_value since(const struct json_cursor *cursor, size_t begin) {
  return (struct json_value){&cursor->text[begin], cursor->at - begin};
}

bool json_member(const struct json_value *object, const char *name, struct json_value *member) {
  if (!json_is_object(object)) return false;
  struct json_cursor cursor = {object->text, object->length, 1u};
  bool found = false;
  json_skip_space(&cursor);
  while (json_peek(&cursor) == '"') {
    const size_t name_begin = cursor.at;
    (void)json_skip_string(&cursor);
    const struct json_value its_name = since(&cursor, name_begin);
    json_skip_space(&cursor);
    cursor.at++; /* the colon */
    json_skip_space(&cursor);
    const size_t begin = cursor.at;
    skip_value(&cursor);
    if (is_name(&its_name, name)) {
      *member = since(&cursor, begin);
      found = true;
    }
    json_skip_space(&cursor);
    if (json_peek(&cursor) == ',') cursor.at++;
    json_skip_space(&cursor);
  }
  return found;
}
