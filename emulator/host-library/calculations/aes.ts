import { OPCODE } from '../../atecc608/index.ts';
import type { AteccDriver } from '../driver/index.ts';
import { joined } from './digests.ts';

const ENCRYPT = 0x00;
const DECRYPT = 0x01;
const GFM = 0x03;

/** One block of 16 bytes under the 16 bytes at `16 * keyBlock` of an AES slot, or of TempKey (`TEMP_KEY`). */
export function chipAesEncrypt(driver: AteccDriver, keyId: number, block: Uint8Array, keyBlock = 0): Uint8Array {
  return driver.request(OPCODE.AES, (keyBlock << 6) | ENCRYPT, keyId, block, 16);
}

export function chipAesDecrypt(driver: AteccDriver, keyId: number, block: Uint8Array, keyBlock = 0): Uint8Array {
  return driver.request(OPCODE.AES, (keyBlock << 6) | DECRYPT, keyId, block, 16);
}

/** One step of GHASH (SP 800-38D 6.3): the product of H and X, 16 bytes each. */
export function chipGcmMultiply(driver: AteccDriver, h: Uint8Array, x: Uint8Array): Uint8Array {
  return driver.request(OPCODE.AES, GFM, 0, joined(h, x), 16);
}
