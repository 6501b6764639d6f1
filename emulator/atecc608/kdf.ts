import type { ChipCrypto } from '../crypto/index.ts';

/** How far a message may reach: the length field has a byte, the longest packet holds 140. */
export const KDF_MAX_MESSAGE = 128;

export const KDF_ALGORITHM = { Prf: 0, Aes: 1, Hkdf: 2 } as const;

/** Where HKDF's message comes from. */
export const HKDF_MESSAGE = { Slot: 0, TempKey: 1, Input: 2, InputWithIv: 3 } as const;

/** The details word of a KDF command, as its algorithm reads it. */
export type KdfDetails =
  | {
      readonly algorithm: typeof KDF_ALGORITHM.Prf;
      readonly keySize: number;
      readonly outputSize: number;
      /** The result's first half goes to the target, its second to the host. */
      readonly splits: boolean;
    }
  | { readonly algorithm: typeof KDF_ALGORITHM.Aes; readonly keyBlock: number }
  | {
      readonly algorithm: typeof KDF_ALGORITHM.Hkdf;
      readonly messageFrom: number;
      readonly zeroKey: boolean;
      readonly messageSize: number;
    };

const PRF_KEY_SIZES = [16, 32, 48, 64] as const;
const PRF_LONG = 0x100;
const PRF_SPLIT = 0x600; // bits 10:9; 2 and 3 have no meaning
const PRF_SPLIT_ON = 0x200;
const PRF_KNOWN = 0x303;
const AES_KNOWN = 0x003;
const HKDF_ZERO_KEY = 0x004;
const HKDF_KNOWN = 0x007;

const AES_BLOCK = 16;

/** Reads the details; `dataSize` is how many bytes of message the packet brings. Undefined where they make no sense. */
export function parseKdfDetails(algorithm: number, details: number, dataSize: number): KdfDetails | undefined {
  const low = details & 0x00ff_ffff;
  const messageSize = details >>> 24;
  switch (algorithm) {
    case KDF_ALGORITHM.Prf: {
      if (low & ~PRF_KNOWN || messageSize !== dataSize) return undefined;
      const keySize = PRF_KEY_SIZES[low & 0x03] as number;
      const splits = (low & PRF_SPLIT) === PRF_SPLIT_ON;
      const outputSize = low & PRF_LONG ? 64 : 32;
      return splits && outputSize === 32 ? undefined : { algorithm, keySize, outputSize, splits };
    }
    case KDF_ALGORITHM.Aes:
      // Hosts may leave the length out: there is but one.
      if (low & ~AES_KNOWN || dataSize !== AES_BLOCK) return undefined;
      return messageSize === 0 || messageSize === AES_BLOCK ? { algorithm, keyBlock: low } : undefined;
    case KDF_ALGORITHM.Hkdf: {
      const messageFrom = low & 0x03;
      const isInput = messageFrom === HKDF_MESSAGE.Input || messageFrom === HKDF_MESSAGE.InputWithIv;
      if (low & ~HKDF_KNOWN || dataSize !== (isInput ? messageSize : 0)) return undefined;
      return { algorithm, messageFrom, zeroKey: (low & HKDF_ZERO_KEY) !== 0, messageSize };
    }
    default:
      return undefined;
  }
}

/** P_SHA256 of RFC 5246 5 with the whole message as its seed: the host puts the label in front. */
export function prfResult({ hmacSha256 }: ChipCrypto, key: Uint8Array, message: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let a = message;
  for (let at = 0; at < size; at += 32) {
    a = hmacSha256(key, a);
    out.set(hmacSha256(key, a, message), at);
  }
  return out;
}

/** One block under the key, and 16 bytes of 00 behind it. */
export function aesResult({ aesEncrypt }: ChipCrypto, key: Uint8Array, message: Uint8Array): Uint8Array {
  const out = new Uint8Array(2 * AES_BLOCK);
  out.set(aesEncrypt(key, message));
  return out;
}
