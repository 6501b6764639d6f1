import { type BitField, bits, has } from './bit-fields.ts';
import { CHIP_OPTIONS, CONFIG } from './config-layout.ts';
import { slotOffset, uint16At } from './memory.ts';
import { isPrivate } from './slots.ts';
import type { ChipState } from './state.ts';

/** What ChipOptions lets ECDH and KDF answer with. */
export const PROTECTION = { None: 0, EncryptedOutput: 1, NoOutput: 2, Prohibited: 3 } as const;

/** What one of the two protection fields of ChipOptions asks. Sources explain only its values 0 and 1. */
export function protectionOf({ memory, unspecifiedBehaviour }: ChipState, field: BitField): number {
  const value = bits(uint16At(memory, CONFIG.ChipOptions), field);
  if (value < PROTECTION.NoOutput) return value;
  const meaning = value === 2 ? unspecifiedBehaviour.protection2 : unspecifiedBehaviour.protection3;
  return meaning === 'noOutput' ? PROTECTION.NoOutput : PROTECTION.Prohibited;
}

export function hasIoProtectionKey(memory: Uint8Array): boolean {
  const chipOptions = uint16At(memory, CONFIG.ChipOptions);
  return has(chipOptions, CHIP_OPTIONS.ioProtectionKeyEnable) && !isPrivate(memory, ioProtectionSlot(memory));
}

/** Its 32 bytes, a view; none where ChipOptions does not enable it. */
export function ioProtectionKey(memory: Uint8Array): Uint8Array | undefined {
  if (!hasIoProtectionKey(memory)) return undefined;
  const offset = slotOffset(ioProtectionSlot(memory));
  return memory.subarray(offset, offset + 32);
}

function ioProtectionSlot(memory: Uint8Array): number {
  return bits(uint16At(memory, CONFIG.ChipOptions), CHIP_OPTIONS.ioProtectionKey);
}

/**
 * (secret XOR pad) || OutNonce, with a fresh OutNonce of 32 bytes. The pad of a secret's first 32 bytes is
 * SHA-256(IO protection key || OutNonce[0:15]), that of the next 32 takes OutNonce[16:31].
 */
export function encryptOutput({ memory, crypto, rng }: ChipState, secret: Uint8Array): Uint8Array {
  const at = slotOffset(ioProtectionSlot(memory));
  const key = memory.subarray(at, at + 32);
  const outNonce = rng.bytes(32);
  const out = new Uint8Array(secret.length + 32);
  for (let half = 0; 32 * half < secret.length; half++) {
    const pad = crypto.sha256(key, outNonce.subarray(16 * half, 16 * half + 16));
    for (let index = 0; index < 32; index++) {
      out[32 * half + index] = (secret[32 * half + index] as number) ^ (pad[index] as number);
    }
  }
  out.set(outNonce, secret.length);
  return out;
}
