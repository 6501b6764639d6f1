/* The I2C ports, by ESP-IDF's i2c_master driver. */
#include <driver/i2c_master.h>
#include <esp_err.h>
#include <sdkconfig.h>
#include <string.h>

#include "board.h"
#include "port.h"
#include "profile.h"

#define TIMEOUT_MS 100
#define GENERAL_CALL 0x00u
#define HELD_LIMIT 4u

struct wire {
  i2c_master_bus_handle_t bus;
  i2c_master_dev_handle_t device; /* the one part that the core speaks to through this port */
  uint8_t address;
  /* Written without STOP: the driver has no such transfer, and sends it with the read that follows. */
  uint8_t held[HELD_LIMIT];
  size_t held_length;
};

static struct wire wires[2];

static i2c_master_bus_handle_t open_bus(i2c_port_num_t port, int sda, int scl, bool pull_ups) {
  const i2c_master_bus_config_t settings = {
      .i2c_port = port,
      .sda_io_num = (gpio_num_t)sda,
      .scl_io_num = (gpio_num_t)scl,
      .clk_source = I2C_CLK_SRC_DEFAULT,
      .glitch_ignore_cnt = 7, /* as its header proposes */
      .flags = {.enable_internal_pullup = pull_ups},
  };
  i2c_master_bus_handle_t bus = NULL;
  ESP_ERROR_CHECK(i2c_new_master_bus(&settings, &bus));
  return bus;
}

static void add_part(enum port_bus which, i2c_master_bus_handle_t bus, uint8_t address, uint32_t clock_hz) {
  const i2c_device_config_t settings = {
      .dev_addr_length = I2C_ADDR_BIT_LEN_7,
      .device_address = address,
      .scl_speed_hz = clock_hz,
  };
  struct wire *wire = &wires[which];
  wire->bus = bus;
  wire->address = address;
  ESP_ERROR_CHECK(i2c_master_bus_add_device(bus, &settings, &wire->device));
}

void board_i2c_start(void) {
  i2c_master_bus_handle_t sensor = open_bus(I2C_NUM_0, CONFIG_FIRMWARE_SENSOR_SDA, CONFIG_FIRMWARE_SENSOR_SCL, true);
#ifdef CONFIG_FIRMWARE_TWO_BUSES
  i2c_master_bus_handle_t chip = open_bus(I2C_NUM_1, CONFIG_FIRMWARE_CHIP_SDA, CONFIG_FIRMWARE_CHIP_SCL, false);
#else
  i2c_master_bus_handle_t chip = sensor;
#endif
  add_part(PORT_BUS_SENSOR, sensor, PROFILE.sensor.address, PROFILE.sensor.bus_clock_hz);
  add_part(PORT_BUS_CHIP, chip, PROFILE.chip.address, PROFILE.chip.bus_clock_hz);
}

bool port_i2c_write(enum port_bus bus, uint8_t address, const uint8_t *bytes, size_t length, bool stop) {
  struct wire *wire = &wires[bus];
  /*
   * START, address, STOP, always at 100 kHz: the address 00 keeps SDA low for 80 us, and a chip wakes up after 60
   * (ATECC608A, tWLO). Nobody acknowledges it.
   */
  if (length == 0) return i2c_master_probe(wire->bus, address, TIMEOUT_MS) == ESP_OK;
  if (address != wire->address) return false;
  if (stop) return i2c_master_transmit(wire->device, bytes, length, TIMEOUT_MS) == ESP_OK;
  if (length > sizeof wire->held) return false;
  memcpy(wire->held, bytes, length);
  wire->held_length = length;
  return true;
}

bool port_i2c_read(enum port_bus bus, uint8_t address, uint8_t *bytes, size_t length) {
  struct wire *wire = &wires[bus];
  if (address != wire->address) return false;
  const size_t held = wire->held_length;
  wire->held_length = 0;
  const esp_err_t result =
      held == 0 ? i2c_master_receive(wire->device, bytes, length, TIMEOUT_MS)
                : i2c_master_transmit_receive(wire->device, wire->held, held, bytes, length, TIMEOUT_MS);
  return result == ESP_OK;
}
