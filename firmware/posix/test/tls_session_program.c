/*
 * One connection of the port with keys in software, for a test that is the server:
 *   tls-session HOST PORT CA.pem DEVICE.der KEY.pem [write BYTES MS | fill BYTES MS | read SIZE MS | close]...
 * prints what each call returned, and at last how often the keys were asked for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../core/port.h"
#include "../ending.h"
#include "../power_up.h"
#include "../tls_session.h"
#include "software_keys.h"

static uint8_t bytes[65536];

static bool read_der(const char *path, struct port_der *der) {
  static uint8_t certificate[2048];
  FILE *file = fopen(path, "rb");
  if (file == NULL) return false;
  der->bytes = certificate;
  der->length = fread(certificate, 1, sizeof certificate, file);
  return fclose(file) == 0 && der->length > 0;
}

/* Takes a word and its numbers; returns how many words that were, 0 for none that is known. */
static int act(char **words, int left) {
  if (left >= 1 && strcmp(words[0], "close") == 0) {
    port_tls_close();
    (void)printf("close\n");
    return 1;
  }
  if (left < 3) return 0;
  const size_t length = (size_t)strtoul(words[1], NULL, 10);
  const uint32_t timeout_ms = (uint32_t)strtoul(words[2], NULL, 10);
  if (length > sizeof bytes) return 0;
  if (strcmp(words[0], "write") == 0) {
    memset(bytes, 'w', length);
    (void)printf("write %d\n", port_tls_write(bytes, length, timeout_ms));
  } else if (strcmp(words[0], "fill") == 0) { /* until the server takes no more */
    int written = 1;
    while (written > 0) written = port_tls_write(bytes, length, timeout_ms);
    (void)printf("fill %d\n", written);
  } else if (strcmp(words[0], "read") == 0) {
    (void)printf("read %d\n", port_tls_read(bytes, length, timeout_ms));
  } else {
    return 0;
  }
  return 3;
}

int main(int count, char **words) {
  struct port_der der;
  if (count < 6) return 2;
  time_begin();
  if (!ending_install() || !tls_session_trust(words[3])) return 2;
  if (!read_der(words[4], &der) || !software_keys_begin(words[5])) return 2;
  const struct port_tls_peer peer = {
      .host = words[1],
      .port = (uint16_t)strtoul(words[2], NULL, 10),
      .tcp_timeout_ms = 2000,
      .handshake_timeout_ms = 5000,
      .certificates = &der,
      .certificate_count = 1,
  };
  (void)printf("connect %d\n", (int)port_tls_connect(&peer));
  for (int at = 6; at < count;) {
    const int taken = act(words + at, count - at);
    if (taken == 0) return 2;
    (void)fflush(stdout);
    at += taken;
  }
  port_tls_close();
  (void)printf("generate %u agree %u sign %u\n", software_key_calls.generate, software_key_calls.agree,
               software_key_calls.sign);
  software_keys_end();
  return 0;
}
