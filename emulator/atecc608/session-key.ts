import { type ChipState, inputTempKey } from './state.ts';

/**
 * The key under which a slot's contents cross the bus: 32 bytes of TempKey, into which GenDig has mixed the key of
 * `slot`. None after any other GenDig.
 */
export function sessionKey(chip: ChipState, slot: number): Uint8Array | undefined {
  const tempKey = inputTempKey(chip);
  return tempKey?.genDigData && tempKey.keyId === slot ? tempKey.value : undefined;
}

/** The same, for what comes into the chip: not from a key whose slot says NoMac. */
export function writeSessionKey(chip: ChipState, slot: number): Uint8Array | undefined {
  return chip.tempKey?.noMacFlag ? undefined : sessionKey(chip, slot);
}
