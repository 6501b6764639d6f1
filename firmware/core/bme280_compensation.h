/* The trimming values of a BME280 and the formulas that need them, in doubles (BST-BME280-DS001 4.2.2 and 8.1). */
#ifndef BME280_COMPENSATION_H
#define BME280_COMPENSATION_H

#include <stdint.h>

/* Named and sized as in the data sheet. */
struct bme280_calibration {
  uint16_t t1;
  int16_t t2, t3;
  uint16_t p1;
  int16_t p2, p3, p4, p5, p6, p7, p8, p9;
  uint8_t h1;
  int16_t h2;
  uint8_t h3;
  int16_t h4, h5; /* 12 bits */
  int8_t h6;
};

/* From the registers 0x88 to 0xA1 and 0xE1 to 0xE7. */
void bme280_decode_calibration(struct bme280_calibration *calibration, const uint8_t calib00[26],
                               const uint8_t calib26[7]);

/* t_fine before it is made an integer, in 1/5120 degree. */
double bme280_fine_temperature(const struct bme280_calibration *c, int32_t raw);

/* Pressure and humidity take t_fine as an integer, the temperature does not. */
double bme280_temperature(const struct bme280_calibration *c, int32_t raw);
double bme280_pressure(const struct bme280_calibration *c, int32_t raw, int32_t t_fine);
double bme280_humidity(const struct bme280_calibration *c, int32_t raw, int32_t t_fine);

#endif
