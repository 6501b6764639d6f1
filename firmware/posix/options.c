#include "options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../core/profile.h"
#include "tcp.h"

#define MQTTS_PORT 8883u
#define COMMON_NAME_LENGTH 18u

const char OPTIONS_HELP[] =
    "emu-firmware: the firmware of a device, on Linux\n"
    "\n"
    "  --broker HOST[:PORT]   the MQTT broker, or the Device Provisioning Service; port 8883\n"
    "  --ca FILE              PEM certificates that the broker is verified against\n"
    "  --i2c WHERE            tcp:HOST:PORT of emu board, or /dev/i2c-N; by default the port in EMU_BOARD_I2C\n"
    "  --sensor-i2c WHERE     the sensor's bus, where it is another one\n"
    "  --mac-tail HEX         the last three bytes of the MAC address: 000000\n"
    "  --common-name TEXT     18 characters, of a profile that has it compiled in\n"
    "  --ssid TEXT            name of the network, on the console: emu\n"
    "  --id-scope TEXT        of the Device Provisioning Service; that of the profile\n"
    "  --resolve HOST:PORT:ADDRESS[:PORT]   where a host is reached, as for curl; several\n"
    "  --provision            runs the factory's firmware: letters from standard input, answers on standard output\n"
    "  --help\n"
    "\n"
    "Ends with 0 when it was asked to, 1 when it cannot go on, 2 after a mistake on this line.\n";

static bool mistake(const char *format, ...) __attribute__((format(printf, 1, 2)));

static bool mistake(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  (void)fputs("emu-firmware: ", stderr);
  (void)vfprintf(stderr, format, arguments);
  (void)fputs("\n", stderr);
  va_end(arguments);
  return false;
}

/* HOST, HOST:PORT or [ADDRESS]:PORT. */
static bool take_broker(struct device_settings *device, const char *text) {
  static char host[256];
  char port[6] = "8883";
  int end = 0;
  if (sscanf(text, "[%255[^]]]%n:%5[0-9]%n", host, &end, port, &end) < 1) {
    if (sscanf(text, "%255[^:]%n:%5[0-9]%n", host, &end, port, &end) < 1) end = 0;
  }
  const long number = strtol(port, NULL, 10);
  if (end == 0 || text[end] != '\0' || number < 1 || number > 65535) {
    return mistake("--broker must look like HOST:PORT, not %s", text);
  }
  device->broker_host = host;
  device->broker_port = (uint16_t)number;
  return true;
}

static bool take_mac_tail(struct device_settings *device, const char *text) {
  const bool is_fit = strspn(text, "0123456789abcdefABCDEF") == 6 && text[6] == '\0';
  if (!is_fit) return mistake("--mac-tail must be six digits like b4E6A1, not %s", text);
  const unsigned long tail = strtoul(text, NULL, 16);
  for (size_t i = 0; i < 3; i++) device->mac_tail[i] = (uint8_t)(tail >> (16u - 8u * i));
  return true;
}

static bool take(struct options *options, int letter, const char *text) {
  switch (letter) {
    case 'b': return take_broker(&options->device, text);
    case 'm': return take_mac_tail(&options->device, text);
    case 'c': options->ca_file = text; return true;
    case 'i': options->chip_wire = text; return true;
    case 's': options->sensor_wire = text; return true;
    case 'n': options->device.common_name = text; return true;
    case 'w': options->device.ssid = text; return true;
    case 'd': options->device.id_scope = text; return true;
    case 'p': options->provision = true; return true;
    case 'h': options->help = true; return true;
    case 'r': return tcp_resolve(text) || mistake("--resolve must look like HOST:PORT:ADDRESS[:PORT], not %s", text);
    default: return false; /* getopt_long has said it */
  }
}

/* The ports of the boards, separated by commas: the first one is ours. */
static const char *wire_of_environment(void) {
  static char wire[32];
  const char *ports = getenv("EMU_BOARD_I2C");
  if (ports == NULL) return NULL;
  (void)snprintf(wire, sizeof wire, "tcp:127.0.0.1:%.*s", (int)strcspn(ports, ","), ports);
  return wire;
}

static bool complete(struct options *options) {
  const struct device_settings *device = &options->device;
  if (options->chip_wire == NULL) options->chip_wire = wire_of_environment();
  if (options->chip_wire == NULL) return mistake("--i2c is missing");
  if (options->sensor_wire == NULL) options->sensor_wire = options->chip_wire;
  if (options->provision) return true;
  if (device->broker_host == NULL) return mistake("--broker is missing");
  if (options->ca_file == NULL) return mistake("--ca is missing");
  const bool named = device->common_name != NULL;
  if (PROFILE.certificates.common_name_in_slot) {
    return !named || mistake("--common-name: the firmware of profile %s reads it from the chip", PROFILE.name);
  }
  if (!named) return mistake("--common-name is missing: profile %s has it compiled in", PROFILE.name);
  if (strlen(device->common_name) == COMMON_NAME_LENGTH) return true;
  return mistake("--common-name must have 18 characters, not %s", device->common_name);
}

bool options_parse(struct options *options, int count, char **words) {
  static const struct option known[] = {
      {"broker", required_argument, NULL, 'b'},     {"ca", required_argument, NULL, 'c'},
      {"i2c", required_argument, NULL, 'i'},        {"sensor-i2c", required_argument, NULL, 's'},
      {"mac-tail", required_argument, NULL, 'm'},   {"common-name", required_argument, NULL, 'n'},
      {"ssid", required_argument, NULL, 'w'},       {"id-scope", required_argument, NULL, 'd'},
      {"resolve", required_argument, NULL, 'r'},    {"provision", no_argument, NULL, 'p'},
      {"help", no_argument, NULL, 'h'},             {NULL, 0, NULL, 0},
  };
  *options = (struct options){.device = {.ssid = "emu", .broker_port = MQTTS_PORT}};
  int letter = getopt_long(count, words, "", known, NULL);
  while (letter != -1) {
    if (!take(options, letter, optarg)) return false;
    letter = getopt_long(count, words, "", known, NULL);
  }
  if (options->help) return true;
  if (optind < count) return mistake("unexpected %s", words[optind]);
  return complete(options);
}
