/* The factory's firmware on the console's UART, by its driver: the queue of the driver holds what comes while the chip works. */
#include <driver/uart.h>
#include <esp_err.h>
#include <freertos/FreeRTOS.h>
#include <sdkconfig.h>

#include "app.h"
#include "board.h"

/* Three certificates of at most 640 bytes are as PEM a third longer. */
#define RECEIVE_BUFFER 4096

static const uart_port_t line = (uart_port_t)CONFIG_ESP_CONSOLE_UART_NUM;

static void answer(const char *text, size_t length) { (void)uart_write_bytes(line, text, length); }

void factory_run(void) {
  ESP_ERROR_CHECK(uart_driver_install(line, RECEIVE_BUFFER, 0, 0, NULL, 0));
  app_provisioning_start(answer);
  for (;;) {
    uint8_t byte;
    if (uart_read_bytes(line, &byte, 1, portMAX_DELAY) == 1) app_provisioning_take(byte);
  }
}
