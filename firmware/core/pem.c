#include "pem.h"

#include <stdio.h>
#include <string.h>

#include "base64.h"

#define LABEL_SIZE 64u
#define LINE_BYTES 48u /* 64 characters */

static bool starts_with(const uint8_t *text, size_t length, const char *words) {
  const size_t count = strlen(words);
  return length >= count && memcmp(text, words, count) == 0;
}

/* What may stand between header and footer: base64 and white space, of which Latin-1 has one more than ASCII. */
static bool is_body(uint8_t byte) {
  return base64_value(byte) >= 0 || byte == (uint8_t)'=' || byte == (uint8_t)' ' || byte == 0xa0u ||
         (byte >= 0x09u && byte <= 0x0du);
}

bool pem_decode(uint8_t *text, size_t length, const char *label, size_t *der_length) {
  char header[LABEL_SIZE];
  char footer[LABEL_SIZE];
  (void)snprintf(header, sizeof header, "-----BEGIN %s-----", label);
  (void)snprintf(footer, sizeof footer, "-----END %s-----", label);
  for (size_t at = 0; at < length; at++) {
    if (!starts_with(&text[at], length - at, header)) continue;
    const size_t begin = at + strlen(header);
    size_t end = begin;
    while (end < length && is_body(text[end])) end++;
    if (starts_with(&text[end], length - end, footer)) {
      *der_length = base64_decode(&text[begin], end - begin, text);
      return true;
    }
  }
  return false;
}

size_t pem_encode(const char *label, const uint8_t *der, size_t length, char *text, size_t room) {
  const size_t lines = (length + LINE_BYTES - 1u) / LINE_BYTES;
  const size_t around = sizeof "-----BEGIN -----\n-----END -----\n";
  const size_t needed = (length + 2u) / 3u * 4u + lines + 2u * strlen(label) + around;
  if (needed > room) return 0;
  size_t at = (size_t)snprintf(text, room, "-----BEGIN %s-----\n", label);
  for (size_t done = 0; done < length; done += LINE_BYTES) {
    const size_t left = length - done;
    at += base64_encode(&der[done], left < LINE_BYTES ? left : LINE_BYTES, &text[at]);
    text[at] = '\n';
    at++;
  }
  at += (size_t)snprintf(&text[at], room - at, "-----END %s-----\n", label);
  return at;
}
