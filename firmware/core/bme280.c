#include "bme280.h"

#include <stddef.h>
#include <string.h>

#include "port.h"

/* Registers (5.3) and the codes of their fields (5.4). */
enum {
  CALIB00 = 0x88, /* 26 bytes */
  CHIP_ID = 0xd0,
  RESET = 0xe0,
  CALIB26 = 0xe1, /* 7 bytes */
  CTRL_HUM = 0xf2,
  CTRL_MEAS = 0xf4,
  CONFIG = 0xf5,
  PRESS_MSB = 0xf7, /* 8 bytes: pressure, temperature, humidity */
  ID_OF_BME280 = 0x60,
  RESET_COMMAND = 0xb6,
  MODE_BITS = 0x03,
  MODE_SLEEP = 0x00,
  MODE_NORMAL = 0x03,
  PRESSURE_X16 = 5 << 2,
  TEMPERATURE_X2 = 2 << 5,
  HUMIDITY_X1 = 1,
  STANDBY_0_5_MS = 0 << 5,
  FILTER_16 = 4 << 2
};

#define CHIP_ID_READS 5

/* Register address, repeated START, read, STOP. */
static bool read_registers(const struct bme280 *sensor, uint8_t first, uint8_t *bytes, size_t length) {
  if (!port_i2c_write(PORT_BUS_SENSOR, sensor->address, &first, 1, false)) return false;
  return port_i2c_read(PORT_BUS_SENSOR, sensor->address, bytes, length);
}

/* `value` stays as it is when the bus fails. */
static void read_register(const struct bme280 *sensor, uint8_t address, uint8_t *value) {
  uint8_t byte = 0;
  if (read_registers(sensor, address, &byte, 1)) *value = byte;
}

/* A write that is not acknowledged changes nothing: what the driver does next is the same. */
static void write_register(const struct bme280 *sensor, uint8_t address, uint8_t value) {
  const uint8_t bytes[2] = {address, value};
  (void)port_i2c_write(PORT_BUS_SENSOR, sensor->address, bytes, sizeof bytes, true);
}

static bool identify(const struct bme280 *sensor) {
  for (int attempt = 0; attempt < CHIP_ID_READS; attempt++) {
    uint8_t id = 0;
    read_register(sensor, CHIP_ID, &id);
    if (id == ID_OF_BME280) return true;
  }
  return false;
}

static void read_calibration(struct bme280 *sensor) {
  uint8_t calib00[26];
  uint8_t calib26[7];
  const bool low = read_registers(sensor, CALIB00, calib00, sizeof calib00);
  const bool high = read_registers(sensor, CALIB26, calib26, sizeof calib26);
  if (low && high) bme280_decode_calibration(&sensor->calibration, calib00, calib26);
}

enum setter { SET_CTRL_MEAS, SET_CTRL_HUM, SET_CONFIG };

/* What each of Bosch's setters does: look at the mode, write, read everything back. */
static void apply(struct bme280 *sensor, enum setter setter) {
  uint8_t mode = 0;
  read_register(sensor, CTRL_MEAS, &mode);
  if ((mode & MODE_BITS) != MODE_SLEEP) {
    /* Quirk: the 3 ms that follow the reset are vTaskDelay(3 / 10), which is 0 ticks: no wait at all. */
    write_register(sensor, RESET, RESET_COMMAND);
    write_register(sensor, CONFIG, sensor->config);
    write_register(sensor, CTRL_HUM, sensor->ctrl_hum);
    write_register(sensor, CTRL_MEAS, sensor->ctrl_meas);
  } else if (setter == SET_CONFIG) {
    write_register(sensor, CONFIG, sensor->config);
  } else {
    /* osrs_h takes effect with the next write to ctrl_meas (5.4.3). */
    if (setter == SET_CTRL_HUM) write_register(sensor, CTRL_HUM, sensor->ctrl_hum);
    write_register(sensor, CTRL_MEAS, sensor->ctrl_meas);
  }
  read_register(sensor, CTRL_MEAS, &sensor->ctrl_meas);
  read_register(sensor, CTRL_HUM, &sensor->ctrl_hum);
  read_register(sensor, CONFIG, &sensor->config);
}

bool bme280_initialise(struct bme280 *sensor, uint8_t address) {
  memset(sensor, 0, sizeof *sensor);
  sensor->address = address;
  const bool identified = identify(sensor);
  if (identified) read_calibration(sensor);

  sensor->ctrl_meas |= PRESSURE_X16;
  apply(sensor, SET_CTRL_MEAS);
  sensor->ctrl_meas |= TEMPERATURE_X2;
  apply(sensor, SET_CTRL_MEAS);
  sensor->ctrl_hum = HUMIDITY_X1;
  apply(sensor, SET_CTRL_HUM);
  sensor->config |= STANDBY_0_5_MS;
  apply(sensor, SET_CONFIG);
  sensor->config |= FILTER_16;
  apply(sensor, SET_CONFIG);
  sensor->ctrl_meas |= MODE_NORMAL;
  apply(sensor, SET_CTRL_MEAS);
  return identified;
}

static int32_t raw_20_bits(const uint8_t *bytes) { return (bytes[0] << 12) | (bytes[1] << 4) | (bytes[2] >> 4); }

/* Quirk: nothing waits for a conversion, so that a sample read too early is garbage that looks plausible. */
struct bme280_sample bme280_sample(struct bme280 *sensor) {
  uint8_t burst[sizeof sensor->data];
  struct bme280_sample sample;
  sample.acknowledged = read_registers(sensor, PRESS_MSB, burst, sizeof burst);
  if (sample.acknowledged) memcpy(sensor->data, burst, sizeof burst);
  const struct bme280_calibration *calibration = &sensor->calibration;
  const int32_t raw_temperature = raw_20_bits(&sensor->data[3]);
  /* Towards 0, as the conversion of C does it. */
  const int32_t t_fine = (int32_t)bme280_fine_temperature(calibration, raw_temperature);
  sample.temperature = bme280_temperature(calibration, raw_temperature);
  sample.pressure = bme280_pressure(calibration, raw_20_bits(&sensor->data[0]), t_fine);
  sample.humidity = bme280_humidity(calibration, (sensor->data[6] << 8) | sensor->data[7], t_fine);
  return sample;
}
