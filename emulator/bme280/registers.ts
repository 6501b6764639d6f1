// Memory map of the BME280 (BST-BME280-DS001, 5.3 and 5.4) and the codes of its fields.

/** SDO to GND; the other address is SDO to VDDIO. */
export const BME280_ADDRESS = 0x76;
export const BME280_ADDRESS_SDO_HIGH = 0x77;

export const CALIB00 = 0x88; // 26 bytes to calib25 at 0xA1: dig_T1…dig_P9, one unused byte, dig_H1
export const CHIP_ID = 0xd0;
export const RESET = 0xe0;
export const CALIB26 = 0xe1; // 7 bytes to calib32 at 0xE7: dig_H2…dig_H6
export const CTRL_HUM = 0xf2;
export const STATUS = 0xf3;
export const CTRL_MEAS = 0xf4;
export const CONFIG = 0xf5;
export const PRESS_MSB = 0xf7; // 8 bytes to hum_lsb at 0xFE: pressure, temperature, humidity

export const CHIP_ID_BME280 = 0x60;
export const RESET_COMMAND = 0xb6;

export const STATUS_MEASURING = 0x08;
export const STATUS_IM_UPDATE = 0x01;

export const MODE_SLEEP = 0b00;
export const MODE_FORCED = 0b01; // 0b10 means the same
export const MODE_NORMAL = 0b11;

/** What the data registers hold before the first sample, and where a channel is skipped. */
export const NO_SAMPLE_20_BIT = 0x80000;
export const NO_SAMPLE_16_BIT = 0x8000;

/** Samples taken per value, by code of osrs_t, osrs_p, osrs_h; 0 skips the channel. */
export const OVERSAMPLING: readonly number[] = [0, 1, 2, 4, 8, 16, 16, 16];

/** Coefficient of the IIR filter by code; 1 is off. */
export const FILTER_COEFFICIENT: readonly number[] = [1, 2, 4, 8, 16, 16, 16, 16];

/** Standby in normal mode by code of t_sb, in milliseconds. */
export const STANDBY_MS: readonly number[] = [0.5, 62.5, 125, 250, 500, 1000, 10, 20];

/** ctrl_meas, taken apart: osrs_t 7:5, osrs_p 4:2, mode 1:0. */
export const osrsT = (ctrlMeas: number): number => ctrlMeas >> 5;
export const osrsP = (ctrlMeas: number): number => (ctrlMeas >> 2) & 7;
export const mode = (ctrlMeas: number): number => ctrlMeas & 3;
