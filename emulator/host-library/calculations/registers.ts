import { OPCODE } from '../../atecc608/index.ts';
import type { AteccDriver } from '../driver/index.ts';
import { nonceDigest } from './digests.ts';
import type { AteccHost } from './host.ts';

/** The volatile registers that a host can load. */
export type Register = 'tempKey' | 'messageDigestBuffer' | 'alternateKeyBuffer';

const PASS_THROUGH = 0x03;
const LONG = 0x20;
const TARGETS = { tempKey: 0x00, messageDigestBuffer: 0x40, alternateKeyBuffer: 0x80 } as const;

const CALCULATE = 0x8000;

/** Loads 32 bytes, or 64 but into the Alternate Key Buffer, in clear (Nonce, pass-through). */
export function chipLoad(driver: AteccDriver, register: Register, bytes: Uint8Array): void {
  const mode = PASS_THROUGH | TARGETS[register] | (bytes.length === 64 ? LONG : 0);
  driver.request(OPCODE.Nonce, mode, 0, bytes, 0);
}

/** Hashes TempKey, which holds `tempKey`, with 20 bytes of the host (Nonce, calculated); returns what it holds then. */
export function chipRehash(host: AteccHost, tempKey: Uint8Array, numIn: Uint8Array): Uint8Array {
  host.driver.request(OPCODE.Nonce, 0x00, CALCULATE, numIn, 32);
  return nonceDigest(host.crypto, tempKey.subarray(0, 32), numIn);
}
