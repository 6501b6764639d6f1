#include "reason.h"

#include <stdarg.h>
#include <stdio.h>

bool reason_give(struct reason *reason, const char *format, ...) {
  va_list values;
  va_start(values, format);
  reason->malformed = false;
  (void)vsnprintf(reason->text, sizeof reason->text, format, values);
  va_end(values);
  return false;
}

bool reason_malformed(struct reason *reason, const char *format, ...) {
  va_list values;
  va_start(values, format);
  reason->malformed = true;
  (void)vsnprintf(reason->text, sizeof reason->text, format, values);
  va_end(values);
  return false;
}
