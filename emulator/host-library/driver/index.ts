export { readConfigZone, readSerialNumber } from './configuration-zone.ts';
export { AteccDriver, dataAddress, type Zone } from './driver.ts';
export { NO_DATA } from './frame.ts';
