export { AteccDriver, dataAddress, type Zone } from './driver.ts';
