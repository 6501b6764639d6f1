/* What app_main starts of the port before the core runs. */
#ifndef BOARD_H
#define BOARD_H

#include <stdint.h>

void system_start(void);
void tls_start(void);
void board_i2c_start(void);

/* Joins the network as a station and returns when it has an address. From then on it joins again whenever it has lost it. */
void wifi_join(const char *ssid, const char *password);

/* Personalises the chip by letters on the serial line; never returns. */
void factory_run(void) __attribute__((noreturn));

#endif
