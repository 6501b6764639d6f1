export { Bme280Driver, type Sample } from './driver.ts';
