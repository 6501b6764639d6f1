#include <esp_err.h>
#include <esp_mac.h>
#include <nvs_flash.h>
#include <sdkconfig.h>
#include <string.h>

#include "app.h"
#include "board.h"

/* The radio keeps its calibration there. */
static void open_nvs(void) {
  const esp_err_t result = nvs_flash_init();
  if (result == ESP_ERR_NVS_NO_FREE_PAGES || result == ESP_ERR_NVS_NEW_VERSION_FOUND) {
    ESP_ERROR_CHECK(nvs_flash_erase());
    ESP_ERROR_CHECK(nvs_flash_init());
  } else {
    ESP_ERROR_CHECK(result);
  }
}

#ifdef CONFIG_FIRMWARE_FACTORY

void app_main(void) {
  system_start();
  open_nvs();
  board_i2c_start();
  factory_run();
}

#else

static struct device_settings settings = {
    .broker_host = CONFIG_FIRMWARE_BROKER_HOST,
    .broker_port = CONFIG_FIRMWARE_BROKER_PORT,
    .ssid = CONFIG_FIRMWARE_WIFI_SSID,
#ifdef CONFIG_FIRMWARE_AZURE_DPS
    .id_scope = sizeof CONFIG_FIRMWARE_ID_SCOPE > 1 ? CONFIG_FIRMWARE_ID_SCOPE : NULL,
#else
    .common_name = CONFIG_FIRMWARE_COMMON_NAME,
#endif
};

void app_main(void) {
  system_start();
  tls_start();
  board_i2c_start();
  open_nvs();
  uint8_t mac[6];
  ESP_ERROR_CHECK(esp_read_mac(mac, ESP_MAC_WIFI_STA));
  memcpy(settings.mac_tail, mac + 3, sizeof settings.mac_tail);
  wifi_join(CONFIG_FIRMWARE_WIFI_SSID, CONFIG_FIRMWARE_WIFI_PASSWORD);
  /* When it returns it cannot go on. The task of the MQTT client, where there is one, lives on, as it did. */
#ifdef CONFIG_FIRMWARE_AZURE_DPS
  (void)app_azure_run(&settings);
#else
  (void)app_mqtts_run(&settings);
#endif
}

#endif
