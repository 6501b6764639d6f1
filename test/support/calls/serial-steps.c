#include "steps.h"

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static void step_attributes(char **arguments) {
  (void)arguments;
  struct termios attributes;
  memset(&attributes, 0xaa, sizeof attributes);
  print_result("tcgetattr", tcgetattr(descriptor, &attributes));
  printf("canonical %d echo %d opost %d bits %d min %d time %d speed %s\n", (attributes.c_lflag & ICANON) != 0,
         (attributes.c_lflag & ECHO) != 0, (attributes.c_oflag & OPOST) != 0, (attributes.c_cflag & CSIZE) == CS8 ? 8 : 0,
         attributes.c_cc[VMIN], attributes.c_cc[VTIME],
         cfgetospeed(&attributes) == B115200 ? "115200" : cfgetospeed(&attributes) == B9600 ? "9600" : "other");
}

/* VMIN and VTIME. */
static void step_raw(char **arguments) {
  struct termios attributes;
  tcgetattr(descriptor, &attributes);
  cfmakeraw(&attributes);
  cfsetispeed(&attributes, B115200);
  cfsetospeed(&attributes, B115200);
  attributes.c_cc[VMIN] = (cc_t)atoi(arguments[0]);
  attributes.c_cc[VTIME] = (cc_t)atoi(arguments[1]);
  print_result("tcsetattr", tcsetattr(descriptor, TCSANOW, &attributes));
}

static void step_text(char **arguments) {
  char line[256];
  int length = snprintf(line, sizeof line, "%s\n", arguments[0]);
  print_result("text", write(descriptor, line, (size_t)length));
}

static void step_isatty(char **arguments) {
  (void)arguments;
  printf("isatty %d\n", isatty(descriptor));
}

static void step_flush(char **arguments) {
  (void)arguments;
  print_result("tcflush", tcflush(descriptor, TCIFLUSH));
}

static void step_pass(char **arguments) {
  (void)arguments;
  print_result("tcdrain", tcdrain(descriptor));
  print_result("tcsendbreak", tcsendbreak(descriptor, 0));
  print_result("tcflow", tcflow(descriptor, TCOON));
  print_result("exclusive", ioctl(descriptor, TIOCEXCL));
}

static void step_fionread(char **arguments) {
  (void)arguments;
  int count = -1;
  print_result("fionread", ioctl(descriptor, FIONREAD, &count));
  printf("%d\n", count);
}

static void print_lines(const char *name, int result) {
  int lines = 0;
  print_result(name, result);
  ioctl(descriptor, TIOCMGET, &lines);
  printf("dtr %d rts %d dsr %d\n", (lines & TIOCM_DTR) != 0, (lines & TIOCM_RTS) != 0, (lines & TIOCM_DSR) != 0);
}

static void step_modem(char **arguments) {
  (void)arguments;
  int lines = TIOCM_DTR;
  print_lines("TIOCMBIC", ioctl(descriptor, TIOCMBIC, &lines));
  print_lines("TIOCMBIS", ioctl(descriptor, TIOCMBIS, &lines));
  print_lines("TIOCMSET", ioctl(descriptor, TIOCMSET, &lines));
}

/* The kernel's structures, by ioctl. */
static void step_termios_ioctls(char **arguments) {
  (void)arguments;
  struct {
    uint32_t flags[4];
    uint8_t line, cc[19];
    uint32_t speeds[2];
  } settings;
  print_result("TCGETS", ioctl(descriptor, TCGETS, &settings));
  settings.flags[3] &= ~(uint32_t)ICANON;
  settings.cc[VMIN] = 7;
  print_result("TCSETS", ioctl(descriptor, TCSETS, &settings));
  memset(&settings, 0, sizeof settings);
  print_result("TCGETS2", ioctl(descriptor, 0x802c542a, &settings));
  printf("canonical %d min %d\n", (settings.flags[3] & ICANON) != 0, settings.cc[VMIN]);
  settings.speeds[1] = 250000;
  print_result("TCSETSW2", ioctl(descriptor, 0x402c542c, &settings));
  memset(&settings, 0, sizeof settings);
  ioctl(descriptor, 0x802c542a, &settings);
  printf("speed %u\n", settings.speeds[1]);
}

const struct step SERIAL_STEPS[] = {
  {"attributes", step_attributes, 0}, {"raw", step_raw, 2},           {"text", step_text, 1},
  {"isatty", step_isatty, 0},         {"flush", step_flush, 0},       {"pass", step_pass, 0},
  {"fionread", step_fionread, 0},     {"modem", step_modem, 0},       {"termios-ioctls", step_termios_ioctls, 0},
  {NULL, NULL, 0},
};
