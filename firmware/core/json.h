/*
 * A reader of JSON (RFC 8259) in the buffer that it arrived in: a whole text is checked first, then its members are
 * looked up. Nothing is copied but the strings that somebody asks for.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Arrays and objects within one another. The service's answers have three. */
#define JSON_DEPTH_LIMIT 256u

/*
 * One value, from its first byte to its last. Only json_read and json_member make them: the text of a value is
 * well-formed.
 */
struct json_value {
  const uint8_t *text;
  size_t length;
};

/*
 * False when the text is not exactly one value, with white space around it. A byte order mark in front is passed over.
 */
bool json_read(const uint8_t *text, size_t length, struct json_value *value);

bool json_is_object(const struct json_value *value);
bool json_is_string(const struct json_value *value);

/*
 * The last member of this name, as most readers have it; false when there is none, or `object` is not one. `name` is
 * ASCII.
 */
bool json_member(const struct json_value *object, const char *name, struct json_value *member);

/*
 * A string's characters as UTF-8 with a NUL behind them. False when the value is not a string or does not fit; then
 * `text` is empty. `units` becomes how many characters there are, as UTF-16 counts them, whether they fit or not. So
 * that no string seems to end early, U+0000 becomes C0 80. A character beyond U+FFFF becomes its two surrogates, and
 * what is not UTF-8 U+FFFD.
 */
bool json_string(const struct json_value *value, char *text, size_t size, size_t *units);

/* False when the value is not a number. One with more than 15 digits may be rounded. */
bool json_number(const struct json_value *value, double *number);

#endif
