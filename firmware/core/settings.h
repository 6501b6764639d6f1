/* What a person sets for one device: Kconfig on ESP-IDF, options on POSIX. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include <stddef.h>
#include <stdint.h>

struct device_settings {
  const char *broker_host; /* of the broker, or of the Device Provisioning Service */
  uint16_t broker_port;
  const char *ssid;
  const char *common_name; /* 18 characters where the profile has it compiled in; NULL where it is read from its slot */
  uint8_t mac_tail[3]; /* the last bytes of the station's MAC address */
  const char *id_scope; /* NULL: that of the profile */
};

#endif
