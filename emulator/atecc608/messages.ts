import { CONFIG } from './config-layout.ts';
import { byteAt } from './memory.ts';

/**
 * What digests take between the two values that they mix: four bytes (opcode, mode and param2, or a host's OtherData in
 * their place), SN[8], SN[0:1], then zeros, 32 bytes unless stated otherwise.
 */
export function messageBlock(memory: Uint8Array, four: ArrayLike<number>, length = 32): Uint8Array {
  const block = new Uint8Array(length);
  block.set(four);
  block[4] = byteAt(memory, CONFIG.SerialNumberHigh + 4);
  block[5] = byteAt(memory, CONFIG.SerialNumberLow);
  block[6] = byteAt(memory, CONFIG.SerialNumberLow + 1);
  return block;
}

/** Opcode, mode and param2 as messages have them, param2 little-endian. */
export function commandBytes(opcode: number, mode: number, param2: number): number[] {
  return [opcode, mode, param2 & 0xff, param2 >> 8];
}

/** The host's four, three, four and two bytes among which messages set the chip's serial number and OTP. */
export interface MacFields {
  readonly head: ArrayLike<number>;
  /** OTP[0:7]; zeros where it is left out. */
  readonly otp?: Uint8Array;
  readonly otpRest?: Uint8Array;
  /** SN[4:7], or what stands for it; zeros where it is left out. */
  readonly serial4?: Uint8Array;
  /** SN[2:3], or what stands for it; zeros where it is left out. */
  readonly serial2?: Uint8Array;
}

/** The 24 bytes behind the two blocks of MAC and CheckMac: head, 11 bytes of OTP, SN[8], SN[4:7], SN[0:1], SN[2:3]. */
export function macTail(memory: Uint8Array, { head, otp, otpRest, serial4, serial2 }: MacFields): Uint8Array {
  const tail = new Uint8Array(24);
  tail.set(head);
  if (otp !== undefined) tail.set(otp, 4);
  if (otpRest !== undefined) tail.set(otpRest, 12);
  tail[15] = byteAt(memory, CONFIG.SerialNumberHigh + 4);
  if (serial4 !== undefined) tail.set(serial4, 16);
  tail[20] = byteAt(memory, CONFIG.SerialNumberLow);
  tail[21] = byteAt(memory, CONFIG.SerialNumberLow + 1);
  if (serial2 !== undefined) tail.set(serial2, 22);
  return tail;
}

/** As many bytes as `bytes` has; `pad` has no fewer. */
export function xor(bytes: Uint8Array, pad: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let index = 0; index < out.length; index++) out[index] = byteAt(bytes, index) ^ byteAt(pad, index);
  return out;
}
