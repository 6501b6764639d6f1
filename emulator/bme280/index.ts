export { Bme280, type Bme280Options } from './bme280.ts';
export { type Calibration, type CalibrationRegisters, decodeCalibration, encodeCalibration } from './calibration.ts';
export {
  compensateHumidity,
  compensatePressure,
  compensateTemperature,
  fineTemperature,
} from './compensation.ts';
export { conversionTime } from './conversion.ts';
export { bme280Decoder } from './decoder.ts';
export { generateCalibration } from './generate-calibration.ts';
export { type RawSample, rawFromAmbient } from './inverse.ts';
export {
  BME280_ADDRESS,
  BME280_ADDRESS_SDO_HIGH,
  CALIB00,
  CALIB26,
  CHIP_ID,
  CHIP_ID_BME280,
  CONFIG,
  CTRL_HUM,
  CTRL_MEAS,
  MODE_NORMAL,
  MODE_SLEEP,
  mode,
  PRESS_MSB,
  RESET,
  RESET_COMMAND,
  STATUS,
  STATUS_IM_UPDATE,
  STATUS_MEASURING,
} from './registers.ts';
