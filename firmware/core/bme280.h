/*
 * The BME280 as Bosch's driver 2.0.5 drives it in the firmware, transfer by transfer (BST-BME280-DS001). It carries on
 * when the bus fails.
 */
#ifndef BME280_H
#define BME280_H

#include <stdbool.h>
#include <stdint.h>

#include "bme280_compensation.h"

struct bme280 {
  uint8_t address; /* 7 bits */
  struct bme280_calibration calibration;
  uint8_t ctrl_meas, ctrl_hum, config; /* the driver's copies of the registers */
  uint8_t data[8]; /* the last burst. In the original on the stack and not initialised; 0 here */
};

struct bme280_sample {
  bool acknowledged; /* false when the bus failed: the values are then the previous ones again */
  double temperature; /* degrees Celsius */
  double pressure; /* Pa */
  double humidity; /* % relative humidity */
};

/* Identifies the sensor, reads its trimming values and starts normal mode. Returns whether the id was right. */
bool bme280_initialise(struct bme280 *sensor, uint8_t address);

/* One burst of the data registers, compensated. */
struct bme280_sample bme280_sample(struct bme280 *sensor);

#endif
