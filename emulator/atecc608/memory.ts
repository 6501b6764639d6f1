import { EmuError } from '../errors.ts';

/** The non-volatile memory is one flat buffer: configuration, then OTP, then the sixteen data slots. */
export const CONFIG_SIZE = 128;
export const OTP_SIZE = 64;
export const DATA_SIZE = 1208;
export const MEMORY_SIZE = CONFIG_SIZE + OTP_SIZE + DATA_SIZE;
export const OTP_OFFSET = CONFIG_SIZE;
export const DATA_OFFSET = CONFIG_SIZE + OTP_SIZE;

export const SLOTS = 16;

/** Zones as Read and Write number them. */
export const ZONE = { Config: 0, Otp: 1, Data: 2 } as const;

/** Slots 0..7 have 36 bytes, slot 8 has 416, slots 9..15 have 72. */
export function slotSize(slot: number): number {
  if (slot < 8) return 36;
  return slot === 8 ? 416 : 72;
}

/** Where a slot begins in the flat memory. */
export function slotOffset(slot: number): number {
  if (slot <= 8) return DATA_OFFSET + 36 * slot;
  return DATA_OFFSET + 36 * 8 + 416 + 72 * (slot - 9);
}

/** The same bytes, as a plain view: slice() of a Buffer copies nothing, and commands keep what they slice. */
export function requireMemory(memory: Uint8Array): Uint8Array {
  if (memory.length === MEMORY_SIZE) return new Uint8Array(memory.buffer, memory.byteOffset, MEMORY_SIZE);
  throw new EmuError('EMU_E_CHIP_MEMORY', `a chip's memory has ${MEMORY_SIZE} bytes`, { value: memory.length });
}

/** Bytes are there by construction: offsets come from this folder's own layouts. */
export function byteAt(bytes: Uint8Array, offset: number): number {
  return bytes[offset] as number;
}

export function uint16At(bytes: Uint8Array, offset: number): number {
  return byteAt(bytes, offset) | (byteAt(bytes, offset + 1) << 8);
}

export function uint32At(bytes: Uint8Array, offset: number): number {
  return (uint16At(bytes, offset) | (uint16At(bytes, offset + 2) << 16)) >>> 0;
}
