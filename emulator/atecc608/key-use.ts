import { bits, has } from './bit-fields.ts';
import { CONFIG, COUNT_MATCH, KEY_CONFIG, SLOT_CONFIG } from './config-layout.ts';
import { COUNTER_MAX, counterOf, storeCounter } from './counter.ts';
import { byteAt, slotOffset, slotSize, uint32At } from './memory.ts';
import { isPrivate, isPrivateKey, keyConfigOf, slotConfigOf } from './slots.ts';
import { type ChipState, inputTempKey, SOURCE, type TempKey } from './state.ts';
import { isConfigLocked, isDataLocked } from './zones.ts';

/** LimitedUse counts with this one. */
const USE_COUNTER = 0;

/**
 * Whether a command may use the key of `slot` now (data sheet, sections 6 and 7): ReqAuth, PersistentDisable, LimitedUse and
 * CountMatch, which hold for keys of every kind. What the command itself asks comes on top.
 */
export function mayUseKey(chip: ChipState, slot: number): boolean {
  const { memory } = chip;
  if (!isConfigLocked(memory)) return false;
  const keyConfig = keyConfigOf(memory, slot);
  if (has(keyConfig, KEY_CONFIG.reqAuth) && chip.authorisation !== bits(keyConfig, KEY_CONFIG.authKey)) return false;
  if (has(keyConfig, KEY_CONFIG.persistentDisable) && !chip.persistentLatch) return false;
  return !isLimited(memory, slot) || useCount(memory) < useLimit(memory);
}

/** For Sign and ECDH. */
export function mayUsePrivateKey(chip: ChipState, slot: number): boolean {
  return allowsPrivateKeys(chip) && isPrivateKey(chip.memory, slot) && mayUseKey(chip, slot);
}

/**
 * Private keys work as soon as the configuration is locked: the ATECC508A allows it, and nothing says that the 608 does
 * not. `privateKeysBetweenLocks` makes them wait for the data lock.
 */
export function allowsPrivateKeys({ memory, unspecifiedBehaviour }: ChipState): boolean {
  return unspecifiedBehaviour.privateKeysBetweenLocks === 'allowed' ? isConfigLocked(memory) : isDataLocked(memory);
}

/**
 * The bytes of a slot that may serve as a symmetric key now, a view; no private key is ever one. They go into digests
 * and ciphers and nowhere else.
 */
export function secretKeyOf(chip: ChipState, slot: number): Uint8Array | undefined {
  const { memory } = chip;
  if (isPrivate(memory, slot) || !mayUseKey(chip, slot)) return undefined;
  const offset = slotOffset(slot);
  return memory.subarray(offset, offset + slotSize(slot));
}

/** The same for HMAC and KDF, whose results are MACs, which NoMac forbids. They take slots from the data lock on. */
export function macKeyOf(chip: ChipState, slot: number): Uint8Array | undefined {
  const { memory } = chip;
  if (!isDataLocked(memory) || has(slotConfigOf(memory, slot), SLOT_CONFIG.noMac)) return undefined;
  return secretKeyOf(chip, slot);
}

/** TempKey's bytes for HMAC and KDF, a view. A key with NoMac that GenDig mixed in forbids it there too. */
export function temporaryMacKeyOf(chip: ChipState): Uint8Array | undefined {
  const tempKey = inputTempKey(chip);
  return tempKey?.noMacFlag ? undefined : tempKey?.value;
}

/** What ReqRandom asks of TempKey. */
export function isRandomEnough({ memory }: ChipState, slot: number, tempKey: TempKey | undefined): boolean {
  return !has(keyConfigOf(memory, slot), KEY_CONFIG.reqRandom) || tempKey?.sourceFlag === SOURCE.Random;
}

/** Takes account of one use of the slot's key: counts it where LimitedUse asks, and uses up its authorisation. GenKey is no use. */
export function countUse(chip: ChipState, slot: number): void {
  if (has(keyConfigOf(chip.memory, slot), KEY_CONFIG.reqAuth)) useAuthorisation(chip);
  if (!isLimited(chip.memory, slot)) return;
  storeCounter(chip, USE_COUNTER, useCount(chip.memory) + 1);
}

export function useAuthorisation(chip: ChipState): void {
  if (chip.unspecifiedBehaviour.authorisation === 'oneUse') chip.authorisation = undefined;
}

function isLimited(memory: Uint8Array, slot: number): boolean {
  return has(slotConfigOf(memory, slot), SLOT_CONFIG.limitedUse);
}

function useCount(memory: Uint8Array): number {
  return counterOf(memory, USE_COUNTER);
}

/** The end of the counter, or with CountMatch the number in a slot; the copy of it in bytes 4..7 is not compared. */
function useLimit(memory: Uint8Array): number {
  const countMatch = byteAt(memory, CONFIG.CountMatch);
  if (!has(countMatch, COUNT_MATCH.enable)) return COUNTER_MAX;
  return Math.min(COUNTER_MAX, uint32At(memory, slotOffset(bits(countMatch, COUNT_MATCH.slot))));
}
