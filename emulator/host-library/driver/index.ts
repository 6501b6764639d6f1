export { readConfigZone, readSerialNumber } from './configuration-zone.ts';
export { AteccDriver, dataAddress, GEN_KEY, type Zone } from './driver.ts';
export { NO_DATA } from './frame.ts';
export { readSlotBytes, writeSlotBytes } from './slot-bytes.ts';
