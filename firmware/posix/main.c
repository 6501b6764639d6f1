#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "../core/app.h"
#include "../core/profile.h"
#include "ending.h"
#include "i2c.h"
#include "options.h"
#include "power_up.h"
#include "tasks.h"
#include "tls_session.h"

enum { ENDED_ON_REQUEST = 0, COULD_NOT_GO_ON = 1, USAGE = 2 };

static void answer(const char *text, size_t length) {
  (void)fwrite(text, 1, length, stdout);
  (void)fflush(stdout);
}

/* Letters of the factory's computer, until its end of file. */
static int provision(void) {
  uint8_t bytes[256];
  app_provisioning_start(answer);
  while (ending_poll(STDIN_FILENO, POLLIN, UINT32_MAX)) {
    const ssize_t count = read(STDIN_FILENO, bytes, sizeof bytes);
    if (count <= 0) break;
    for (ssize_t i = 0; i < count; i++) app_provisioning_take(bytes[i]);
  }
  return 0;
}

static int run(const struct options *options) {
  if (options->provision) return provision();
  const struct device_settings *device = &options->device;
  return PROFILE.azure != NULL ? app_azure_run(device) : app_mqtts_run(device);
}

int main(int count, char **words) {
  struct options options;
  if (!options_parse(&options, count, words)) return USAGE;
  if (options.help) return fputs(OPTIONS_HELP, stdout) < 0 ? COULD_NOT_GO_ON : ENDED_ON_REQUEST;
  time_begin();
  if (!ending_install()) return COULD_NOT_GO_ON;
  if (!i2c_open(PORT_BUS_CHIP, options.chip_wire)) return COULD_NOT_GO_ON;
  if (!i2c_open(PORT_BUS_SENSOR, options.sensor_wire)) return COULD_NOT_GO_ON;
  if (options.ca_file != NULL && !tls_session_trust(options.ca_file)) return USAGE;
  const int status = run(&options);
  if (status == 0) tasks_join();
  return status == 0 && !ending_gave_up() ? ENDED_ON_REQUEST : COULD_NOT_GO_ON;
}
