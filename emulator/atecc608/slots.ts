import { bits, has } from './bit-fields.ts';
import { CONFIG, KEY_CONFIG, KEY_TYPE_P256, SLOT_CONFIG } from './config-layout.ts';
import { byteAt, slotOffset, slotSize, uint16At } from './memory.ts';
import type { ChipState } from './state.ts';
import { isDataLocked, isSlotLocked } from './zones.ts';

/** A stored scalar or coordinate: 4 bytes of padding lead it. */
const PADDING = 4;
const COORDINATE_SIZE = 32;
const PUBLIC_KEY_SIZE = 2 * (PADDING + COORDINATE_SIZE);

/** The top nibble of a public key that needs validation. */
const VALIDATED = 0x5;
const INVALIDATED = 0xa;

/** The SlotConfig word of a slot, for `bits` and `has`. */
export function slotConfigOf(memory: Uint8Array, slot: number): number {
  return uint16At(memory, CONFIG.SlotConfig + 2 * slot);
}

/** The KeyConfig word of a slot. */
export function keyConfigOf(memory: Uint8Array, slot: number): number {
  return uint16At(memory, CONFIG.KeyConfig + 2 * slot);
}

export function isPrivate(memory: Uint8Array, slot: number): boolean {
  return has(keyConfigOf(memory, slot), KEY_CONFIG.private);
}

function isP256(memory: Uint8Array, slot: number): boolean {
  return bits(keyConfigOf(memory, slot), KEY_CONFIG.keyType) === KEY_TYPE_P256;
}

export function isPrivateKey(memory: Uint8Array, slot: number): boolean {
  return isPrivate(memory, slot) && isP256(memory, slot);
}

/** A slot for a P-256 public key and long enough to hold one. */
export function isPublicKey(memory: Uint8Array, slot: number): boolean {
  return !isPrivate(memory, slot) && isP256(memory, slot) && slotSize(slot) >= PUBLIC_KEY_SIZE;
}

/** A public key that Verify uses only after it was validated. */
export function needsValidation(memory: Uint8Array, slot: number): boolean {
  return isPublicKey(memory, slot) && has(keyConfigOf(memory, slot), KEY_CONFIG.pubInfo);
}

export function isValidated(memory: Uint8Array, slot: number): boolean {
  return byteAt(memory, slotOffset(slot)) >> 4 === VALIDATED;
}

/**
 * A public key that Verify and SecureBoot may take: validated where it has to be. X509format asks for checks of the
 * certificate that validates the key, of which the sources say too little to make them, so such a key is not taken.
 */
export function isUsablePublicKey({ memory, unspecifiedBehaviour }: ChipState, slot: number): boolean {
  if (!isPublicKey(memory, slot)) return false;
  const format = CONFIG.X509Format + bits(keyConfigOf(memory, slot), KEY_CONFIG.x509Id);
  if (byteAt(memory, format) !== 0 && unspecifiedBehaviour.x509Format === 'refused') return false;
  return !needsValidation(memory, slot) || isValidated(memory, slot);
}

/** The stored scalar of a private key, a view. It goes to the crypto port and nowhere else. */
export function scalarOf(memory: Uint8Array, slot: number): Uint8Array {
  const offset = slotOffset(slot) + PADDING;
  return memory.subarray(offset, offset + COORDINATE_SIZE);
}

export function storeScalar(chip: ChipState, slot: number, scalar: Uint8Array): void {
  const padded = new Uint8Array(PADDING + COORDINATE_SIZE);
  padded.set(scalar, PADDING);
  chip.store(slotOffset(slot), padded);
}

/** The stored public key as X||Y. */
export function publicKeyOf(memory: Uint8Array, slot: number): Uint8Array {
  const x = slotOffset(slot) + PADDING;
  const y = x + COORDINATE_SIZE + PADDING;
  const point = new Uint8Array(2 * COORDINATE_SIZE);
  point.set(memory.subarray(x, x + COORDINATE_SIZE));
  point.set(memory.subarray(y, y + COORDINATE_SIZE), COORDINATE_SIZE);
  return point;
}

/** Writes into a slot that holds no private key. A public key that needs validation loses it by any change. */
export function storeInSlot(chip: ChipState, slot: number, offset: number, bytes: Uint8Array): void {
  const { memory } = chip;
  chip.store(offset, bytes);
  if (isDataLocked(memory) && needsValidation(memory, slot)) setValidity(chip, slot, false);
}

/** Writes the top nibble of a public key. */
export function setValidity(chip: ChipState, slot: number, valid: boolean): void {
  const offset = slotOffset(slot);
  const low = byteAt(chip.memory, offset) & 0x0f;
  chip.store(offset, Uint8Array.of(((valid ? VALIDATED : INVALIDATED) << 4) | low));
}

/**
 * Whether ECDH and KDF may leave their result in a slot. They write past the encryption that WriteConfig may ask of a
 * host (x1xx), but into no slot that is never written, holds a private key or is locked. Sources name only a target of
 * the first kind.
 */
export function takesSecret(memory: Uint8Array, slot: number): boolean {
  if (isPrivate(memory, slot) || isSlotLocked(memory, slot)) return false;
  const writeConfig = bits(slotConfigOf(memory, slot), SLOT_CONFIG.writeConfig);
  return !isDataLocked(memory) || writeConfig < 0x2 || (writeConfig & 0x4) !== 0;
}
