#include <esp_err.h>
#include <esp_log.h>
#include <esp_random.h>
#include <esp_rom_sys.h>
#include <esp_timer.h>
#include <freertos/FreeRTOS.h>
#include <freertos/semphr.h>
#include <freertos/task.h>
#include <stdio.h>
#include <stdlib.h>

#include "board.h"
#include "port.h"

/* mbedTLS 3 needs more for a handshake than the 6144 bytes that the task had. */
#define TASK_STACK_LEAST 10240u
#define TASK_PRIORITY 5u
#define TASK_STARTED pdPASS

static SemaphoreHandle_t lock;
static StaticSemaphore_t lock_memory;

void system_start(void) {
  lock = xSemaphoreCreateMutexStatic(&lock_memory);
  /* A chip that is polled does not acknowledge until it is ready, and the driver would call each poll an error. */
  esp_log_level_set("i2c.master", ESP_LOG_NONE);
}

uint64_t port_time_ms(void) { return (uint64_t)esp_timer_get_time() / 1000u; }

/* A delay of n ticks ends at the n-th tick from now, and the first may come at once. */
void port_sleep_ms(uint32_t ms) { vTaskDelay(ms == 0 ? 0 : (TickType_t)(ms * configTICK_RATE_HZ / 1000u) + 1u); }

void port_i2c_delay_us(enum port_bus bus, uint32_t us) {
  (void)bus;
  if (us < 1000u) esp_rom_delay_us(us);
  else port_sleep_ms((us + 999u) / 1000u);
}

uint32_t port_random(void) { return esp_random(); }

/* One call: stdout's own lock keeps a line together. */
void port_print(const char *line) { (void)printf("%s\n", line); }

void port_start_task(void (*run)(void *), void *context, size_t stack_bytes) {
  const uint32_t stack = stack_bytes > TASK_STACK_LEAST ? (uint32_t)stack_bytes : TASK_STACK_LEAST;
  if (xTaskCreate(run, "mqtt_task", stack, context, TASK_PRIORITY, NULL) != TASK_STARTED) abort();
}

void port_lock(void) { (void)xSemaphoreTake(lock, portMAX_DELAY); }

void port_unlock(void) { (void)xSemaphoreGive(lock); }

bool port_ending(void) { return false; }
