#include <esp_err.h>
#include <esp_event.h>
#include <esp_netif.h>
#include <esp_wifi.h>
#include <freertos/FreeRTOS.h>
#include <freertos/event_groups.h>
#include <string.h>

#include "board.h"

#define HAS_ADDRESS BIT0

static EventGroupHandle_t events;
static StaticEventGroup_t events_memory;

static void on_wifi(void *context, esp_event_base_t base, int32_t id, void *data) {
  (void)context, (void)base, (void)data;
  if (id == WIFI_EVENT_STA_START) {
    (void)esp_wifi_connect();
  } else if (id == WIFI_EVENT_STA_DISCONNECTED) {
    /* At once and for ever, as the original does. */
    (void)xEventGroupClearBits(events, HAS_ADDRESS);
    (void)esp_wifi_connect();
  }
}

static void on_address(void *context, esp_event_base_t base, int32_t id, void *data) {
  (void)context, (void)base, (void)id, (void)data;
  (void)xEventGroupSetBits(events, HAS_ADDRESS);
}

void wifi_join(const char *ssid, const char *password) {
  events = xEventGroupCreateStatic(&events_memory);
  ESP_ERROR_CHECK(esp_netif_init());
  ESP_ERROR_CHECK(esp_event_loop_create_default());
  (void)esp_netif_create_default_wifi_sta();
  const wifi_init_config_t defaults = WIFI_INIT_CONFIG_DEFAULT();
  ESP_ERROR_CHECK(esp_wifi_init(&defaults));
  ESP_ERROR_CHECK(esp_wifi_set_storage(WIFI_STORAGE_RAM));
  ESP_ERROR_CHECK(esp_event_handler_register(WIFI_EVENT, ESP_EVENT_ANY_ID, on_wifi, NULL));
  ESP_ERROR_CHECK(esp_event_handler_register(IP_EVENT, IP_EVENT_STA_GOT_IP, on_address, NULL));
  static wifi_config_t station;
  /* IEEE 802.11 9.4.2.2: 32 bytes, of which the last may be used too. */
  memcpy(station.sta.ssid, ssid, strnlen(ssid, sizeof station.sta.ssid));
  memcpy(station.sta.password, password, strnlen(password, sizeof station.sta.password));
  ESP_ERROR_CHECK(esp_wifi_set_mode(WIFI_MODE_STA));
  ESP_ERROR_CHECK(esp_wifi_set_config(WIFI_IF_STA, &station));
  ESP_ERROR_CHECK(esp_wifi_start());
  (void)xEventGroupWaitBits(events, HAS_ADDRESS, pdFALSE, pdTRUE, portMAX_DELAY);
}
