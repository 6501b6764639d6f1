/* What the reader of JSON knows of its grammar. */
#ifndef JSON_SYNTAX_H
#define JSON_SYNTAX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json_cursor {
  const uint8_t *text;
  size_t length, at;
};

/* The byte at the cursor, or NUL behind the end: no token has one. */
uint8_t json_peek(const struct json_cursor *cursor);

void json_skip_space(struct json_cursor *cursor);

/* Each passes over one token; false when there is none. */
bool json_skip_string(struct json_cursor *cursor);
bool json_skip_number(struct json_cursor *cursor);
bool json_skip_literal(struct json_cursor *cursor); /* true, false, null */

#endif
