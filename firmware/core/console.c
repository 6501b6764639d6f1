#include "console.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "port.h"

/*
 * A line is put together on the stack of the task that prints it, CONSOLE_LINE_LIMIT bytes, so that two tasks need no
 * lock. What is longer is cut.
 */

static const char DIGITS[] = "0123456789abcdef";

void console_print(const char *format, ...) {
  char line[CONSOLE_LINE_LIMIT];
  va_list values;
  va_start(values, format);
  const int length = vsnprintf(line, sizeof line, format, values);
  va_end(values);
  if (length >= 0) port_print(line);
}

void console_log(char level, const char *tag, const char *format, ...) {
  char line[CONSOLE_LINE_LIMIT];
  /* esp_log_timestamp has 32 bits too. */
  const int head = snprintf(line, sizeof line, "%c (%lu) %s: ", level, (unsigned long)port_time_ms(), tag);
  if (head < 0 || (size_t)head >= sizeof line) return;
  va_list values;
  va_start(values, format);
  const int length = vsnprintf(line + head, sizeof line - (size_t)head, format, values);
  va_end(values);
  if (length >= 0) port_print(line);
}

void console_dump(const char *title, const uint8_t *bytes, size_t length, size_t per_line) {
  char line[CONSOLE_LINE_LIMIT];
  const size_t most = (sizeof line - 1u) / 3u;
  const size_t width = per_line == 0u || per_line > most ? most : per_line;
  port_print(title);
  for (size_t at = 0; at < length; at += width) {
    size_t used = 0;
    for (size_t i = at; i < length && i < at + width; i++) {
      line[used++] = DIGITS[bytes[i] >> 4];
      line[used++] = DIGITS[bytes[i] & 0x0fu];
      line[used++] = ' ';
    }
    line[used] = '\0';
    port_print(line);
  }
}
