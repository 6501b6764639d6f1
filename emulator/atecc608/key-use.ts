import { bits, has } from './bit-fields.ts';
import { CONFIG, COUNT_MATCH, KEY_CONFIG, SLOT_CONFIG } from './config-layout.ts';
import { COUNTER_MAX, counterFields, counterValue, decodeCounter, encodeCounter } from './counter.ts';
import { byteAt, slotOffset, uint32At } from './memory.ts';
import { isPrivateKey, keyConfigOf, slotConfigOf } from './slots.ts';
import type { ChipState } from './state.ts';
import { isConfigLocked } from './zones.ts';

/**
 * Whether Sign and ECDH may use the private key of `slot` now, apart from what the command itself asks of SlotConfig.
 * They work as soon as the configuration is locked: the ATECC508A allows it, and nothing says that the 608 does not.
 */
export function mayUsePrivateKey(chip: ChipState, slot: number): boolean {
  return isConfigLocked(chip.memory) && isPrivateKey(chip.memory, slot) && mayUseKey(chip, slot);
}

/** What KeyConfig and the limits on uses say of any command that uses the slot as a key. */
export function mayUseKey(chip: ChipState, slot: number): boolean {
  const { memory } = chip;
  const keyConfig = keyConfigOf(memory, slot);
  // Only a successful CheckMac or Verify authorises the use of such a key, and the table has neither.
  if (has(keyConfig, KEY_CONFIG.reqAuth)) return false;
  if (has(keyConfig, KEY_CONFIG.persistentDisable) && !chip.persistentLatch) return false;
  return !isLimited(memory, slot) || useCount(memory) < useLimit(memory);
}

/** Counts one use of the slot's key, where its uses are limited. GenKey is no use. */
export function countUse(chip: ChipState, slot: number): void {
  if (!isLimited(chip.memory, slot)) return;
  chip.store(CONFIG.Counter, encodeCounter(counterFields(useCount(chip.memory) + 1)));
}

function isLimited(memory: Uint8Array, slot: number): boolean {
  return has(slotConfigOf(memory, slot), SLOT_CONFIG.limitedUse);
}

/** LimitedUse counts with counter 0. */
function useCount(memory: Uint8Array): number {
  return counterValue(decodeCounter(memory.subarray(CONFIG.Counter)));
}

/** The end of the counter, or with CountMatch the number in a slot; the copy of it in bytes 4..7 is not compared. */
function useLimit(memory: Uint8Array): number {
  const countMatch = byteAt(memory, CONFIG.CountMatch);
  if (!has(countMatch, COUNT_MATCH.enable)) return COUNTER_MAX;
  return Math.min(COUNTER_MAX, uint32At(memory, slotOffset(bits(countMatch, COUNT_MATCH.slot))));
}
