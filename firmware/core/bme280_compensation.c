#include "bme280_compensation.h"

/*
 * The order of the operations is part of the result: it agrees with Bosch's code and with the twin to the last bit. A
 * product and a sum in one rounding would not; gcc with -std=c11 makes none, clang is told.
 */
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

static uint16_t u16(const uint8_t *bytes) { return (uint16_t)(bytes[0] | (bytes[1] << 8)); }

static int16_t s16(const uint8_t *bytes) {
  const int32_t value = u16(bytes);
  return (int16_t)(value < 0x8000 ? value : value - 0x10000);
}

static int8_t s8(uint8_t byte) { return (int8_t)(byte < 0x80 ? byte : byte - 0x100); }

void bme280_decode_calibration(struct bme280_calibration *calibration, const uint8_t calib00[26],
                               const uint8_t calib26[7]) {
  calibration->t1 = u16(&calib00[0]);
  calibration->t2 = s16(&calib00[2]);
  calibration->t3 = s16(&calib00[4]);
  calibration->p1 = u16(&calib00[6]);
  calibration->p2 = s16(&calib00[8]);
  calibration->p3 = s16(&calib00[10]);
  calibration->p4 = s16(&calib00[12]);
  calibration->p5 = s16(&calib00[14]);
  calibration->p6 = s16(&calib00[16]);
  calibration->p7 = s16(&calib00[18]);
  calibration->p8 = s16(&calib00[20]);
  calibration->p9 = s16(&calib00[22]);
  /* calib24 is not used. */
  calibration->h1 = calib00[25];
  calibration->h2 = s16(&calib26[0]);
  calibration->h3 = calib26[2];
  /* calib30 has four bits of each: the low ones are dig_H4's. */
  calibration->h4 = (int16_t)(s8(calib26[3]) * 16 + (calib26[4] & 0x0f));
  calibration->h5 = (int16_t)(s8(calib26[5]) * 16 + (calib26[4] >> 4));
  calibration->h6 = s8(calib26[6]);
}

double bme280_fine_temperature(const struct bme280_calibration *c, int32_t raw) {
  const double value = (double)raw;
  const double linear = (value / 16384.0 - (double)c->t1 / 1024.0) * (double)c->t2;
  const double offset = value / 131072.0 - (double)c->t1 / 8192.0;
  return linear + offset * offset * (double)c->t3;
}

double bme280_temperature(const struct bme280_calibration *c, int32_t raw) {
  return bme280_fine_temperature(c, raw) / 5120.0;
}

double bme280_pressure(const struct bme280_calibration *c, int32_t raw, int32_t t_fine) {
  const double t = (double)t_fine / 2.0 - 64000.0;
  const double offset = (t * t * (double)c->p6 / 32768.0 + t * (double)c->p5 * 2.0) / 4.0 + (double)c->p4 * 65536.0;
  const double slope = ((double)c->p3 * t * t / 524288.0 + (double)c->p2 * t) / 524288.0;
  const double divisor = (1.0 + slope / 32768.0) * (double)c->p1;
  if (divisor == 0.0) return 0.0;
  const double p = (1048576.0 - (double)raw - offset / 4096.0) * 6250.0 / divisor;
  return p + ((double)c->p9 * p * p / 2147483648.0 + p * (double)c->p8 / 32768.0 + (double)c->p7) / 16.0;
}

double bme280_humidity(const struct bme280_calibration *c, int32_t raw, int32_t t_fine) {
  const double warmth = (double)t_fine - 76800.0;
  /* Quirk: at 15.00 degrees the driver takes its own intermediate for an error and says 0 %. */
  if (warmth == 0.0) return 0.0;
  const double offset = (double)c->h4 * 64.0 + (double)c->h5 / 16384.0 * warmth;
  const double gain = (double)c->h2 / 65536.0 *
                      (1.0 + (double)c->h6 / 67108864.0 * warmth * (1.0 + (double)c->h3 / 67108864.0 * warmth));
  const double h = ((double)raw - offset) * gain;
  const double humidity = h * (1.0 - (double)c->h1 * h / 524288.0);
  if (humidity > 100.0) return 100.0;
  return humidity < 0.0 ? 0.0 : humidity;
}
