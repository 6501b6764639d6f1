#ifndef TERMBITS_H
#define TERMBITS_H

#include <stdint.h>

/*
 * The kernel's own terminal settings, <asm-generic/termbits.h>: struct termios2, of which its struct termios is the
 * beginning. libc's struct termios is another, and the two headers do not go together.
 */
struct settings {
  uint32_t c_iflag;
  uint32_t c_oflag;
  uint32_t c_cflag;
  uint32_t c_lflag;
  uint8_t c_line;
  uint8_t c_cc[19];
  uint32_t c_ispeed;
  uint32_t c_ospeed;
};

#endif
