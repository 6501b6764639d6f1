/* A check that fails says where, and the program goes on; `check_end` is what main returns. */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

void check_that(bool holds, const char *what, const char *file, int line);
void check_equal(long long expected, long long actual, const char *what, const char *file, int line);
void check_same_bytes(const uint8_t *expected, const uint8_t *actual, size_t length, const char *what, const char *file,
                      int line);
void check_same_text(const char *expected, const char *actual, const char *what, const char *file, int line);

#define CHECK(condition) check_that((condition), #condition, __FILE__, __LINE__)
#define CHECK_EQUAL(expected, actual) check_equal((long long)(expected), (long long)(actual), #actual, __FILE__, __LINE__)
#define CHECK_BYTES(expected, actual, length) check_same_bytes((expected), (actual), (length), #actual, __FILE__, __LINE__)
#define CHECK_TEXT(expected, actual) check_same_text((expected), (actual), #actual, __FILE__, __LINE__)

/* Names what is checked from here on. */
void check_case(const char *name);

/* Prints `NAME: N checks in M cases, F failed`; 0 when none failed and there was one. */
int check_end(const char *name);

#endif
