import { nodeCrypto } from '../../crypto/index.ts';

/**
 * A device certificate's 16-byte serial number (SN source A): the start of SHA-256 over the public key X||Y and the
 * three bytes of dates, made a positive number of full length by bits 7:6 = 01.
 */
export function hashSerialNumber(publicKey: Uint8Array, encodedDates: Uint8Array): Uint8Array {
  const serialNumber = nodeCrypto.sha256(publicKey, encodedDates).subarray(0, 16);
  serialNumber[0] = ((serialNumber[0] ?? 0) & 0x7f) | 0x40;
  return serialNumber;
}
