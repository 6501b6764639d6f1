#include "json.h"

/* Beyond this every number is 0, or more than a double holds. */
#define LARGEST_EXPONENT 9999

/* A mantissa that is as long takes no more digits: a double has 17 at most. */
#define ENOUGH_DIGITS 1e17

static bool is_digit(uint8_t byte) { return byte >= '0' && byte <= '9'; }

/*
 * Powers of ten are exact up to 10^22, so that a number of up to 15 digits is the nearest double, as other readers have
 * it.
 */
static double scaled(double mantissa, int exponent) {
  double power = 1.0;
  const int steps = exponent < 0 ? -exponent : exponent;
  for (int i = 0; i < steps && i < 400; i++) power *= 10.0;
  return exponent < 0 ? mantissa / power : mantissa * power;
}

static int exponent_of(const struct json_value *value, size_t at) {
  const bool is_negative = at < value->length && value->text[at] == '-';
  if (at < value->length && !is_digit(value->text[at])) at++;
  int exponent = 0;
  for (; at < value->length; at++) {
    if (exponent < LARGEST_EXPONENT) exponent = 10 * exponent + (value->text[at] - '0');
  }
  return is_negative ? -exponent : exponent;
}

bool json_number(const struct json_value *value, double *number) {
  size_t at = 0u;
  const bool is_negative = value->length > 0u && value->text[0] == '-';
  if (is_negative) at++;
  if (at >= value->length || !is_digit(value->text[at])) return false;
  double mantissa = 0.0;
  int exponent = 0;
  bool in_fraction = false;
  for (; at < value->length && (is_digit(value->text[at]) || value->text[at] == '.'); at++) {
    if (value->text[at] == '.') {
      in_fraction = true;
    } else if (mantissa < ENOUGH_DIGITS) {
      mantissa = 10.0 * mantissa + (double)(value->text[at] - '0');
      if (in_fraction) exponent--;
    } else if (!in_fraction) {
      exponent++;
    }
  }
  if (at < value->length) exponent += exponent_of(value, at + 1u);
  const double magnitude = scaled(mantissa, exponent);
  *number = is_negative ? -magnitude : magnitude;
  return true;
}
