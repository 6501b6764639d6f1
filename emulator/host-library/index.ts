export { TEMP_KEY } from '../atecc608/index.ts';
export * from './calculations/index.ts';
export * from './certificates/index.ts';
export * from './credentials/index.ts';
export {
  AteccDriver,
  dataAddress,
  GEN_KEY,
  readConfigZone,
  readSerialNumber,
  readSlotBytes,
  writeSlotBytes,
  type Zone,
} from './driver/index.ts';
export * from './provisioning/index.ts';
