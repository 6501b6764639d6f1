#include <string.h>

#include "../core/json.h"
#include "check.h"

static bool reads(const char *text) {
  struct json_value value;
  return json_read((const uint8_t *)text, strlen(text), &value);
}

/* RFC 8259; each of the second kind differs from one of the first in one respect. */
static void grammar(void) {
  static const char *const GOOD[] = {
      "{}", "[]", "\"\"", "0", "-0", "10", "0.5", "1e5", "1E+5", "1.25e-5", "true", "false", "null",
      " \t\n\r{}\r\n\t ", "[1,2]", "[1, [2, [3]]]", "{\"a\":1}", "{\"a\" : 1 , \"b\" : {} }",
      "{\"a\":[{}],\"a\":null}", "[\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"]", "\"\\u00e4\\uD83D\\ude00\\ud800\"",
      "\"\x7f\xc3\xa4\xff\"", "\xef\xbb\xbf{}", "[[],{}]", "{\"\":0}"};
  static const char *const BAD[] = {
      "", " ", "{", "}", "[", "]", "\"", "{]", "[}", "{} {}", "{}x", "[1,]", "[,1]", "[1 2]", "{,}", "{\"a\":1,}",
      "{\"a\"}", "{\"a\":}", "{\"a\" 1}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\":1 \"b\":2}", "{\"a\":1,,\"b\":2}", "00",
      "01", "-", "+1", ".5", "1.", "1.e5", "1e", "1e+", "0x10", "NaN", "Infinity", "-Infinity", "tru", "True", "nulL",
      "truex", "undefined", "\"\\x\"", "\"\\u00g0\"", "\"\\u00e\"", "\"\\", "\"\\u", "\"a", "\"\n\"", "\"\x1f\"",
      "\"\t\"", "\"\\'\"", "\xef\xbb{}", "{}\xef\xbb\xbf", "\xef\xbb\xbf\xef\xbb\xbf{}", "[1]]", "[[1]", "{\"a\":1}}",
      "\v{}", "\f{}", "\xc2\xa0{}", "//x\n{}", "[1,/**/2]", "\"a\"\"b\"", "{\"a\":tru}", "[\"]", "{\"a\":\"}"};
  for (size_t i = 0; i < sizeof GOOD / sizeof GOOD[0]; i++) {
    check_case(GOOD[i]);
    CHECK(reads(GOOD[i]));
  }
  for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
    check_case(BAD[i]);
    CHECK(!reads(BAD[i]));
  }
  check_case("a NUL is no white space, and ends no string");
  struct json_value value;
  CHECK(!json_read((const uint8_t *)"{}\0", 3, &value));
  CHECK(!json_read((const uint8_t *)"\"a\0b\"", 5, &value));
  CHECK(!json_read((const uint8_t *)"\"\\\0\"", 4, &value));
}

static void depth(void) {
  static char text[2 * JSON_DEPTH_LIMIT + 3];
  check_case("arrays to the limit of depth");
  memset(text, '[', JSON_DEPTH_LIMIT);
  memset(text + JSON_DEPTH_LIMIT, ']', JSON_DEPTH_LIMIT);
  CHECK(reads(text));
  check_case("and one beyond");
  memset(text, '[', JSON_DEPTH_LIMIT + 1u);
  memset(text + JSON_DEPTH_LIMIT + 1u, ']', JSON_DEPTH_LIMIT + 1u);
  CHECK(!reads(text));
  check_case("what is open is known at every depth");
  CHECK(reads("[{\"a\":[{\"a\":[{\"a\":[{\"a\":[[]]}]}]}]}]"));
  CHECK(!reads("[{\"a\":[{\"a\":[{\"a\":[{\"a\":[[}]}]}]}]}]"));
  CHECK(!reads("[{\"a\":[{\"a\":[{\"a\":[{\"a\":[[]}]}]}]}]"));
  CHECK(!reads("{\"a\":{\"a\":1],\"a\":1}"));
}

static const char NESTED[] =
    "{ \"a\" : { \"status\" : \"inner\", \"x\":[{\"status\":\"deeper\"}, \"}\", -1.5e3, true] } ,"
    " \"st\\u0061tus\" : \"outer\" ,"
    "\"n\":null,\"long\":\"0123456789\" }";

static struct json_value root_of(const char *text) {
  struct json_value value = {NULL, 0};
  CHECK(json_read((const uint8_t *)text, strlen(text), &value));
  return value;
}

static void members(void) {
  char text[16];
  size_t units;
  struct json_value member;
  struct json_value inner;
  const struct json_value root = root_of(NESTED);
  check_case("a member behind a nested one of its name, its own name escaped");
  CHECK(json_is_object(&root));
  CHECK(json_member(&root, "status", &member));
  CHECK(json_string(&member, text, sizeof text, &units));
  CHECK_TEXT("outer", text);
  CHECK_EQUAL(5, units);
  check_case("a nested member");
  CHECK(json_member(&root, "a", &inner) && json_member(&inner, "status", &member));
  CHECK(json_string(&member, text, sizeof text, &units));
  CHECK_TEXT("inner", text);
  check_case("members that are not there");
  CHECK(!json_member(&root, "x", &member));
  CHECK(!json_member(&root, "", &member));
  CHECK(!json_member(&root, "statu", &member));
  CHECK(!json_member(&root, "statuss", &member));
  CHECK(json_member(&root, "n", &inner) && !json_member(&inner, "status", &member));
  check_case("the last of two counts");
  const struct json_value twice = root_of("{\"a\":1,\"a\":{\"b\":2},\"c\":0}");
  CHECK(json_member(&twice, "a", &member) && json_is_object(&member));
  CHECK_BYTES((const uint8_t *)"{\"b\":2}", member.text, 7);
  CHECK_EQUAL(7, member.length);
  check_case("an array has no members");
  const struct json_value array = root_of("[\"a\",1]");
  CHECK(!json_member(&array, "a", &member));
  check_case("no object, no members");
  const struct json_value empty = root_of("{}");
  CHECK(!json_member(&empty, "a", &member));
  const struct json_value nothing = {NULL, 0};
  CHECK(!json_member(&nothing, "a", &member));
}

static void expect_string(const char *json, bool fits, const char *expected, size_t expected_units) {
  char text[8];
  size_t units;
  const struct json_value value = root_of(json);
  check_case(json);
  CHECK_EQUAL(fits, json_string(&value, text, sizeof text, &units));
  CHECK_TEXT(expected, text);
  CHECK_EQUAL(expected_units, units);
}

static void strings(void) {
  expect_string("\"abcdefg\"", true, "abcdefg", 7);
  expect_string("\"abcdefgh\"", false, "", 8);
  expect_string("\"\\\"\\\\\\/\\b\\f\\n\\r\"", true, "\"\\/\b\f\n\r", 7);
  expect_string("\"\\t\\u0041\\u007f\"", true, "\tA\x7f", 3);
  expect_string("\"a\\u0000b\"", true, "a\xc0\x80" "b", 3);
  expect_string("\"\\u00E4\\u20ac\"", true, "\xc3\xa4\xe2\x82\xac", 2);
  expect_string("\"\xc3\xa4\xe2\x82\xac\"", true, "\xc3\xa4\xe2\x82\xac", 2);
  /* U+1F600 is D83D DE00, however it is written. */
  expect_string("\"\\ud83d\\ude00\"", true, "\xed\xa0\xbd\xed\xb8\x80", 2);
  expect_string("\"\xf0\x9f\x98\x80\"", true, "\xed\xa0\xbd\xed\xb8\x80", 2);
  /* The WHATWG's examples of how much of what is not UTF-8 becomes one U+FFFD. */
  expect_string("\"\xff\"", true, "\xef\xbf\xbd", 1);
  expect_string("\"\xc0\x80\"", true, "\xef\xbf\xbd\xef\xbf\xbd", 2);
  expect_string("\"\xf0\x9f\x98\"", true, "\xef\xbf\xbd", 1);
  expect_string("\"\xf0\x8f\"", true, "\xef\xbf\xbd\xef\xbf\xbd", 2);
  expect_string("\"\xed\xa0\x80\"", false, "", 3);
  expect_string("\"\xe0\x9f\"", true, "\xef\xbf\xbd\xef\xbf\xbd", 2);
  expect_string("\"\xe2\x82x\"", true, "\xef\xbf\xbdx", 2);
  expect_string("\"\xf4\x90\"", true, "\xef\xbf\xbd\xef\xbf\xbd", 2);
  /* A character that would only fit in part. */
  expect_string("\"abcdef\xc3\xa4\"", false, "", 7);
  expect_string("12", false, "", 0);
  expect_string("{\"a\":\"b\"}", false, "", 0);
}

static void expect_number(const char *json, bool is_number, double expected) {
  double number = -1.0;
  const struct json_value value = root_of(json);
  check_case(json);
  CHECK_EQUAL(is_number, json_number(&value, &number));
  if (is_number) CHECK(number == expected);
}

static void numbers(void) {
  expect_number("400208", true, 400208.0);
  expect_number("400208.0", true, 400208.0);
  expect_number("4.00208e5", true, 400208.0);
  expect_number("40020800E-2", true, 400208.0);
  expect_number("-400208", true, -400208.0);
  expect_number("400208.5", true, 400208.5);
  expect_number("0.1", true, 0.1);
  expect_number("-0", true, 0.0);
  expect_number("123456789012345", true, 123456789012345.0);
  expect_number("400208.00000000000000000000000000000000", true, 400208.0);
  expect_number("400208000000000000000000000e-21", true, 400208.0);
  expect_number("1e-9999999", true, 0.0);
  expect_number("\"1\"", false, 0.0);
  expect_number("true", false, 0.0);
  expect_number("null", false, 0.0);
}

int main(void) {
  grammar();
  depth();
  members();
  strings();
  numbers();
  return check_end("azure_json");
}
