#include "check.h"

#include <stdio.h>
#include <string.h>

static unsigned checks, cases, failures;
static const char *current = "";

void check_case(const char *name) {
  current = name;
  cases++;
}

void check_that(bool holds, const char *what, const char *file, int line) {
  checks++;
  if (holds) return;
  failures++;
  printf("%s:%d: %s: %s\n", file, line, current, what);
}

void check_equal(long long expected, long long actual, const char *what, const char *file, int line) {
  check_that(expected == actual, what, file, line);
  if (expected != actual) printf("  expected %lld, not %lld\n", expected, actual);
}

void check_same_bytes(const uint8_t *expected, const uint8_t *actual, size_t length, const char *what, const char *file,
                      int line) {
  size_t at = 0;
  while (at < length && expected[at] == actual[at]) at++;
  check_that(at == length, what, file, line);
  if (at < length) printf("  byte %u: expected %02x, not %02x\n", (unsigned)at, expected[at], actual[at]);
}

void check_same_text(const char *expected, const char *actual, const char *what, const char *file, int line) {
  const bool same = strcmp(expected, actual) == 0;
  check_that(same, what, file, line);
  if (!same) printf("  expected %s\n       not %s\n", expected, actual);
}

int check_end(const char *name) {
  printf("%s: %u checks in %u cases, %u failed\n", name, checks, cases, failures);
  return failures == 0 && checks > 0 ? 0 : 1;
}
