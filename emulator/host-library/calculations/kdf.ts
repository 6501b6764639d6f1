import { OPCODE } from '../../atecc608/index.ts';
import type { ChipCrypto } from '../../crypto/index.ts';
import type { AteccDriver } from '../driver/index.ts';
import { openOutput, type Sha256 } from './digests.ts';

/** What KDF computes. */
export type KdfRequest =
  /** TLS 1.2's P_SHA256 with `message` as its seed. `splits`: of 64 bytes the first half stays inside, the second comes out. */
  | {
      readonly algorithm: 'PRF';
      readonly keySize: 16 | 32 | 48 | 64;
      readonly outputSize: 32 | 64;
      readonly splits?: boolean;
    }
  /** AES of `message`, 16 bytes, and 16 zeros. */
  | { readonly algorithm: 'AES'; readonly keyBlock: number }
  /**
   * HMAC-SHA-256 of `message` under 32 bytes: RFC 5869's extraction, or one block of its expansion. `withIv`: the chip looks
   * for KdfIvStr at KdfIvLoc.
   */
  | { readonly algorithm: 'HKDF'; readonly withIv?: boolean };

/** Where the key lies: in a slot or in a register. */
export type KdfSource = number | 'tempKey' | 'tempKeyUpper' | 'alternateKeyBuffer';

/** Where the result may stay. */
export type KdfTarget = { readonly slot: number } | 'tempKey' | 'tempKeyUpper' | 'alternateKeyBuffer';

const ALGORITHMS = { PRF: 0, AES: 1, HKDF: 2 } as const;
const SOURCES = { tempKey: 0, tempKeyUpper: 1, alternateKeyBuffer: 3 } as const;
const FROM_SLOT = 2;
const TARGETS = { tempKey: 0, tempKeyUpper: 1, alternateKeyBuffer: 3 } as const;
const TO_SLOT = 2;
const TO_OUTPUT = 4;
const TO_OUTPUT_ENCRYPTED = 5;
const PRF_OUTPUT_64 = 0x100;
const PRF_SPLIT = 0x200;
const HKDF_MESSAGE_IS_INPUT = 0x02;
const HKDF_MESSAGE_HAS_IV = 0x03;

/** The result of KDF in clear, or with `io` hidden on the bus by the IO protection key and opened here. */
export function chipKdf(
  driver: AteccDriver,
  source: KdfSource,
  request: KdfRequest,
  message: Uint8Array,
  io?: { readonly key: Uint8Array; readonly crypto: Sha256 },
): Uint8Array {
  const size = resultSize(request);
  if (io === undefined) return run(driver, source, TO_OUTPUT, 0, request, message, size);
  return openOutput(io.crypto, io.key, run(driver, source, TO_OUTPUT_ENCRYPTED, 0, request, message, size + 32));
}

/** Leaves the result of KDF inside. Returns what comes out of it: nothing, or the second half where it splits. */
export function chipKdfInto(
  driver: AteccDriver,
  source: KdfSource,
  target: KdfTarget,
  request: KdfRequest,
  message: Uint8Array,
): Uint8Array {
  const splits = request.algorithm === 'PRF' && request.splits === true;
  const [code, slot] = typeof target === 'string' ? [TARGETS[target], 0] : [TO_SLOT, target.slot];
  return run(driver, source, code, slot, request, message, splits ? 32 : 0);
}

/** All of what the chip computes, by a host that has the bytes of the source. */
export function kdfResult(
  { hmacSha256, aesEncrypt }: Pick<ChipCrypto, 'hmacSha256' | 'aesEncrypt'>,
  source: Uint8Array,
  request: KdfRequest,
  message: Uint8Array,
): Uint8Array {
  const result = new Uint8Array(resultSize(request));
  switch (request.algorithm) {
    case 'PRF': {
      const key = source.subarray(0, request.keySize);
      const first = hmacSha256(key, message);
      result.set(hmacSha256(key, first, message));
      if (result.length === 64) result.set(hmacSha256(key, hmacSha256(key, first), message), 32);
      return result;
    }
    case 'AES':
      result.set(aesEncrypt(source.subarray(16 * request.keyBlock, 16 * request.keyBlock + 16), message));
      return result;
    case 'HKDF':
      return hmacSha256(source.subarray(0, 32), message);
  }
}

function run(
  driver: AteccDriver,
  source: KdfSource,
  target: number,
  targetSlot: number,
  request: KdfRequest,
  message: Uint8Array,
  length: number,
): Uint8Array {
  const [code, slot] = typeof source === 'string' ? [SOURCES[source], 0] : [FROM_SLOT, source];
  const data = new Uint8Array(4 + message.length);
  new DataView(data.buffer).setUint32(0, detailsOf(request, message.length), true);
  data.set(message, 4);
  const mode = code | (target << 2) | (ALGORITHMS[request.algorithm] << 5);
  return driver.request(OPCODE.KDF, mode, slot | (targetSlot << 8), data, length);
}

function detailsOf(request: KdfRequest, length: number): number {
  const messageLength = length * 2 ** 24;
  switch (request.algorithm) {
    case 'PRF': {
      const split = request.splits ? PRF_SPLIT : 0;
      return messageLength + split + (request.outputSize === 64 ? PRF_OUTPUT_64 : 0) + (request.keySize / 16 - 1);
    }
    case 'AES':
      return request.keyBlock;
    case 'HKDF':
      return messageLength + (request.withIv ? HKDF_MESSAGE_HAS_IV : HKDF_MESSAGE_IS_INPUT);
  }
}

function resultSize(request: KdfRequest): number {
  return request.algorithm === 'PRF' ? request.outputSize : 32;
}
