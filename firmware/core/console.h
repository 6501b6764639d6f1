/* The serial console: ESP-IDF's log, `L (ms since boot) TAG: text`, and what the application prints. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stddef.h>
#include <stdint.h>

#define CONSOLE_LINE_LIMIT 1200u

void console_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void console_log(char level, const char *tag, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* What sysinit prints of bytes: a title, then lower-case hexadecimal with a space behind each byte, `per_line` in a line. */
void console_dump(const char *title, const uint8_t *bytes, size_t length, size_t per_line);

/* Heap and stack figures of the board: fixed on POSIX, as the twin's are. */
void console_free_memory(void);
void console_free_heap(void);
void console_stack(void);

#endif
