#include "serial.h"

#include "memory.h"
#include "real.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

/* Missing from <sys/ioctl.h> and <termios.h>; the values of <asm-generic/ioctls.h>. */
#define TCGETS2_REQUEST 0x802c542aUL
#define TCSETS2_REQUEST 0x402c542bUL
#define TCSETSW2_REQUEST 0x402c542cUL
#define TCSETSF2_REQUEST 0x402c542dUL

/* The kernel's struct termios ends where termios2 adds its speeds. */
enum { TERMIOS_SIZE = 36 };

/* The other end is there and ready. */
static const int INPUT_LINES = TIOCM_CTS | TIOCM_DSR | TIOCM_CAR;
static const int OUTPUT_LINES = TIOCM_DTR | TIOCM_RTS;

/* tty_std_termios and INIT_C_CC of the kernel. */
void reset_serial(struct device *device) {
  device->settings = (struct settings){
    .c_iflag = ICRNL | IXON,
    .c_oflag = OPOST | ONLCR,
    .c_cflag = B9600 | CS8 | CREAD | HUPCL | CLOCAL,
    .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
    .c_ispeed = 9600,
    .c_ospeed = 9600,
    .c_cc = {[VINTR] = 0x03, [VQUIT] = 0x1c, [VERASE] = 0x7f, [VKILL] = 0x15, [VEOF] = 0x04, [VMIN] = 1,
             [VSTART] = 0x11, [VSTOP] = 0x13, [VSUSP] = 0x1a, [VREPRINT] = 0x12, [VDISCARD] = 0x0f,
             [VWERASE] = 0x17, [VLNEXT] = 0x16},
  };
  device->modem_lines = OUTPUT_LINES;
}

static void get_settings(struct device *device, struct settings *settings) {
  pthread_mutex_lock(&device->mutex);
  *settings = device->settings;
  pthread_mutex_unlock(&device->mutex);
}

static void set_settings(struct device *device, const struct settings *settings, size_t size) {
  pthread_mutex_lock(&device->mutex);
  memcpy(&device->settings, settings, size);
  pthread_mutex_unlock(&device->mutex);
}

static int result(int status) {
  if (status == 0) return 0;
  errno = -status;
  return -1;
}

/* The kernel's struct termios, or termios2, of the program. */
static int tell_settings(struct device *device, void *argument, size_t size) {
  struct settings settings;
  get_settings(device, &settings);
  return result(copy_to_program(argument, &settings, size));
}

static int take_settings(struct device *device, const void *argument, size_t size) {
  struct settings settings;
  int status = copy_from_program(&settings, argument, size);
  if (status == 0) set_settings(device, &settings, size);
  return result(status);
}

int serial_get_attributes(struct device *device, struct termios *attributes) {
  struct settings settings;
  get_settings(device, &settings);
  *attributes = (struct termios){
    .c_iflag = settings.c_iflag,
    .c_oflag = settings.c_oflag,
    .c_cflag = settings.c_cflag,
    .c_lflag = settings.c_lflag,
  };
  memcpy(attributes->c_cc, settings.c_cc, sizeof settings.c_cc);
  speed_t speed = settings.c_cflag & (CBAUD | CBAUDEX);
  cfsetispeed(attributes, speed);
  cfsetospeed(attributes, speed);
  return 0;
}

int serial_set_attributes(struct device *device, int fd, int when, const struct termios *attributes) {
  if (when != TCSANOW && when != TCSADRAIN && when != TCSAFLUSH) {
    errno = EINVAL;
    return -1;
  }
  struct settings settings = {
    .c_iflag = attributes->c_iflag,
    .c_oflag = attributes->c_oflag,
    .c_cflag = attributes->c_cflag,
    .c_lflag = attributes->c_lflag,
  };
  memcpy(settings.c_cc, attributes->c_cc, sizeof settings.c_cc);
  set_settings(device, &settings, TERMIOS_SIZE);
  return when == TCSAFLUSH ? serial_flush(fd, TCIFLUSH) : 0;
}

static int change_modem_lines(struct device *device, unsigned long request, const int *argument) {
  int lines;
  int status = copy_from_program(&lines, argument, sizeof lines);
  if (status < 0) return result(status);
  int cleared = request == TIOCMSET ? OUTPUT_LINES : request == TIOCMBIC ? lines : 0;
  int set = request == TIOCMBIC ? 0 : lines & OUTPUT_LINES;
  pthread_mutex_lock(&device->mutex);
  device->modem_lines = (device->modem_lines & ~cleared) | set;
  pthread_mutex_unlock(&device->mutex);
  return 0;
}

static int tell(void *argument, int value) {
  return result(copy_to_program(argument, &value, sizeof value));
}

int serial_ioctl(struct device *device, int fd, unsigned long request, void *argument) {
  static const struct winsize no_window;
  switch (request) {
    case TCGETS:
      return tell_settings(device, argument, TERMIOS_SIZE);
    case TCGETS2_REQUEST:
      return tell_settings(device, argument, sizeof(struct settings));
    case TCSETSF:
      serial_flush(fd, TCIFLUSH);
      return take_settings(device, argument, TERMIOS_SIZE);
    case TCSETS:
    case TCSETSW:
      return take_settings(device, argument, TERMIOS_SIZE);
    case TCSETSF2_REQUEST:
      serial_flush(fd, TCIFLUSH);
      return take_settings(device, argument, sizeof(struct settings));
    case TCSETS2_REQUEST:
    case TCSETSW2_REQUEST:
      return take_settings(device, argument, sizeof(struct settings));
    case TIOCMGET:
      return tell(argument, device->modem_lines | INPUT_LINES);
    case TIOCMSET:
    case TIOCMBIS:
    case TIOCMBIC:
      return change_modem_lines(device, request, argument);
    case TCFLSH:
      return serial_flush(fd, (int)(intptr_t)argument);
    case TIOCOUTQ:
      return tell(argument, 0);
    case TIOCGWINSZ:
      return result(copy_to_program(argument, &no_window, sizeof no_window));
    /* Breaks, flow and who else may open it: nothing of that reaches a kit. */
    case TCSBRK:
    case TCSBRKP:
    case TIOCSBRK:
    case TIOCCBRK:
    case TCXONC:
    case TIOCEXCL:
    case TIOCNXCL:
      return 0;
    /* A socket answers this as a terminal does. */
    case FIONREAD:
      return REAL(ioctl)(fd, request, argument);
    default:
      errno = ENOTTY;
      return -1;
  }
}
