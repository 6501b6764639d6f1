/*
 * Transfers of the port, for a test that has the board:
 *   i2c-session WHERE [W ADDRESS BYTES | S ADDRESS BYTES | R ADDRESS COUNT | D US]...
 * W writes and S does so without STOP; addresses and bytes are hexadecimal, - is no byte. Prints `nack`, or `ack` and
 * what was read.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../ending.h"
#include "../i2c.h"
#include "../power_up.h"

static size_t bytes_of(const char *digits, uint8_t *bytes) {
  size_t length = 0;
  unsigned byte;
  while (length < I2C_TRANSFER_LIMIT && sscanf(digits + 2 * length, "%2x", &byte) == 1) bytes[length++] = (uint8_t)byte;
  return length;
}

static void transfer(char letter, const char *first, const char *second) {
  uint8_t bytes[I2C_TRANSFER_LIMIT] = {0};
  const uint8_t address = (uint8_t)strtoul(first, NULL, 16);
  const bool reads = letter == 'R';
  const size_t length = reads ? (size_t)strtoul(second, NULL, 10) : bytes_of(second, bytes);
  const bool acknowledged = reads ? port_i2c_read(PORT_BUS_CHIP, address, bytes, length)
                                  : port_i2c_write(PORT_BUS_CHIP, address, bytes, length, letter == 'W');
  (void)printf(acknowledged ? "ack" : "nack");
  for (size_t i = 0; acknowledged && reads && i < length; i++) (void)printf("%s%02x", i == 0 ? " " : "", bytes[i]);
  (void)printf("\n");
}

int main(int count, char **words) {
  time_begin();
  if (count < 2 || !ending_install() || !i2c_open(PORT_BUS_CHIP, words[1])) return 2;
  for (int at = 2; at + 1 < count;) {
    if (words[at][0] == 'D') {
      port_i2c_delay_us(PORT_BUS_CHIP, (uint32_t)strtoul(words[at + 1], NULL, 10));
      at += 2;
    } else {
      if (at + 2 >= count) return 2;
      transfer(words[at][0], words[at + 1], words[at + 2]);
      at += 3;
    }
  }
  return ending_gave_up() ? 1 : 0;
}
