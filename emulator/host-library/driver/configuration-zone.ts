import type { AteccDriver } from './driver.ts';

/** Bytes 0..3 and 8..12 of the configuration, from one read of its first block. */
export function readSerialNumber(driver: AteccDriver): Uint8Array {
  const block = driver.readConfigBlock(0);
  const serialNumber = new Uint8Array(9);
  serialNumber.set(block.subarray(0, 4));
  serialNumber.set(block.subarray(8, 13), 4);
  return serialNumber;
}

/** All 128 bytes, from four reads. */
export function readConfigZone(driver: AteccDriver): Uint8Array {
  const configZone = new Uint8Array(128);
  for (let block = 0; block < 4; block++) configZone.set(driver.readConfigBlock(block), 32 * block);
  return configZone;
}
