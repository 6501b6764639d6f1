import { OPCODE } from '../../atecc608/index.ts';
import type { SerialNumber, Sha256 } from './digests.ts';

/** What MAC computes in mode `mode`; bit 6 takes the whole serial number in. `value` is TempKey where bit 1 says so. */
export function macDigest(
  { sha256 }: Sha256,
  serialNumber: SerialNumber,
  mode: number,
  { slot, value }: { readonly slot: number; readonly value: Uint8Array },
  challenge: Uint8Array,
): Uint8Array {
  const tail = new Uint8Array(24);
  tail.set([OPCODE.MAC, mode, slot]);
  tail.set(serialNumber.subarray(8), 15);
  tail.set(serialNumber.subarray(0, 2), 20);
  if ((mode & 0x40) !== 0) {
    tail.set(serialNumber.subarray(4, 8), 16);
    tail.set(serialNumber.subarray(2, 4), 22);
  }
  return sha256(value, challenge, tail);
}

/** The 13 bytes that give CheckMac the rest of the other side's message: command, OTP (none), SN[4:7], SN[2:3]. */
export function checkMacOtherData(mode: number, slot: number): Uint8Array {
  const otherData = new Uint8Array(13);
  otherData.set([OPCODE.MAC, mode, slot]);
  return otherData;
}

/** What CheckMac takes its response to be the digest of. */
export interface CheckMacInput {
  /** 32 bytes each: the slot's key or TempKey, the challenge or TempKey. */
  readonly first: Uint8Array;
  readonly second: Uint8Array;
  /** 13 bytes. */
  readonly otherData: Uint8Array;
  /** OTP[0:7], where mode bit 5 takes it in. */
  readonly otp?: Uint8Array;
}

export function checkMacResponse(
  { sha256 }: Sha256,
  serialNumber: SerialNumber,
  { first, second, otherData, otp = new Uint8Array(8) }: CheckMacInput,
): Uint8Array {
  return sha256(
    first,
    second,
    otherData.subarray(0, 4),
    otp,
    otherData.subarray(4, 7),
    serialNumber.subarray(8),
    otherData.subarray(7, 11),
    serialNumber.subarray(0, 2),
    otherData.subarray(11),
  );
}
