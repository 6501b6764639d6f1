import { CONFIG, UNLOCKED } from './config-layout.ts';
import { byteAt, CONFIG_SIZE, OTP_OFFSET, OTP_SIZE, SLOTS, slotOffset, slotSize, uint16At, ZONE } from './memory.ts';

export function isConfigLocked(memory: Uint8Array): boolean {
  return memory[CONFIG.LockConfig] !== UNLOCKED;
}

/** The lock of the data zone is that of OTP too. */
export function isDataLocked(memory: Uint8Array): boolean {
  return memory[CONFIG.LockValue] !== UNLOCKED;
}

export function isSlotLocked(memory: Uint8Array, slot: number): boolean {
  return (uint16At(memory, CONFIG.SlotLocked) & (1 << slot)) === 0;
}

export function isSlot(keyId: number): boolean {
  return keyId < SLOTS;
}

/** Bit 7 of the mode of Read and Write. */
export const BLOCK_ACCESS = 0x80;
export const WORD_SIZE = 4;
export const BLOCK_SIZE = 32;

/** What an access reaches: where it begins in the flat memory, and how much of it is there. */
export interface Span {
  readonly offset: number;
  /** Less than a block at the end of a slot whose size is no multiple of 32. */
  readonly length: number;
}

/**
 * The span of a Read or Write of a word or, where `block`, of 32 bytes at `address` (param2); undefined for an address
 * outside the zone. Configuration and OTP: block in the bits from 3 up, word in bits 2:0. Data: word in bits 2:0, slot
 * in 6:3, block in 11:8. A block access ignores the word.
 */
export function locate(zone: number, address: number, block: boolean): Span | undefined {
  if (zone === ZONE.Config) return span(0, CONFIG_SIZE, address >> 3, address, block);
  if (zone === ZONE.Otp) return span(OTP_OFFSET, OTP_SIZE, address >> 3, address, block);
  if ((address & 0xf080) !== 0) return undefined;
  const slot = slotOf(address);
  return span(slotOffset(slot), slotSize(slot), address >> 8, address, block);
}

/** The slot of a data zone address. */
export function slotOf(address: number): number {
  return (address >> 3) & 0x0f;
}

function span(start: number, size: number, blockIndex: number, address: number, block: boolean): Span | undefined {
  const at = BLOCK_SIZE * blockIndex + (block ? 0 : WORD_SIZE * (address & 0x07));
  if (at >= size) return undefined;
  return { offset: start + at, length: Math.min(block ? BLOCK_SIZE : WORD_SIZE, size - at) };
}

/** The serial number's parts in the order in which messages take them: SN[8], SN[4:7], SN[0:1], SN[2:3]. */
export function serialNumber(memory: Uint8Array): { sn8: number; sn4: Uint8Array; sn0: Uint8Array; sn2: Uint8Array } {
  return {
    sn8: byteAt(memory, CONFIG.SerialNumberHigh + 4),
    sn4: memory.subarray(CONFIG.SerialNumberHigh, CONFIG.SerialNumberHigh + 4),
    sn0: memory.subarray(CONFIG.SerialNumberLow, CONFIG.SerialNumberLow + 2),
    sn2: memory.subarray(CONFIG.SerialNumberLow + 2, CONFIG.SerialNumberLow + 4),
  };
}
