import { OPCODE } from '../atecc608/index.ts';
import type { AteccDriver } from '../esp32/atecc/index.ts';
import { openOutput, type Sha256 } from './digests.ts';

const BLOCK_SIZE = 64;
const NO_DATA = new Uint8Array(0);

const SHA_START = 0x00;
const SHA_UPDATE = 0x01;
const SHA_HMAC_START = 0x04;
/** End, with the digest to the output alone. */
const SHA_END = 0xc2;

/** SHA-256 of `data`, by the chip. */
export async function chipSha256(driver: AteccDriver, data: Uint8Array): Promise<Uint8Array> {
  await driver.request(OPCODE.SHA, SHA_START, 0, NO_DATA, 0);
  return shaOver(driver, data);
}

/** HMAC-SHA-256 of `data` under the first 32 bytes of a slot. */
export async function chipHmac(driver: AteccDriver, slot: number, data: Uint8Array): Promise<Uint8Array> {
  await driver.request(OPCODE.SHA, SHA_HMAC_START, slot, NO_DATA, 0);
  return shaOver(driver, data);
}

async function shaOver(driver: AteccDriver, data: Uint8Array): Promise<Uint8Array> {
  let at = 0;
  for (; data.length - at > BLOCK_SIZE; at += BLOCK_SIZE) {
    await driver.request(OPCODE.SHA, SHA_UPDATE, BLOCK_SIZE, data.subarray(at, at + BLOCK_SIZE), 0);
  }
  return driver.request(OPCODE.SHA, SHA_END, data.length - at, data.subarray(at), 32);
}

/** One block of 16 bytes under the 16 bytes at `16 * keyBlock` of an AES slot. */
export function chipAesEncrypt(
  driver: AteccDriver,
  slot: number,
  block: Uint8Array,
  keyBlock = 0,
): Promise<Uint8Array> {
  return driver.request(OPCODE.AES, keyBlock << 6, slot, block, 16);
}

export function chipAesDecrypt(
  driver: AteccDriver,
  slot: number,
  block: Uint8Array,
  keyBlock = 0,
): Promise<Uint8Array> {
  return driver.request(OPCODE.AES, (keyBlock << 6) | 0x01, slot, block, 16);
}

/** What KDF computes from the key in a slot. */
export type KdfRequest =
  /** TLS 1.2's P_SHA256 with `message` as its seed. */
  | { readonly algorithm: 'PRF'; readonly keySize: 16 | 32; readonly outputSize: 32 | 64 }
  /** AES of `message`, 16 bytes, and 16 zeros. */
  | { readonly algorithm: 'AES'; readonly keyBlock: number }
  /** HMAC-SHA-256 of `message`: RFC 5869's extraction, or one block of its expansion. */
  | { readonly algorithm: 'HKDF' };

const ALGORITHMS = { PRF: 0, AES: 1, HKDF: 2 } as const;
const FROM_SLOT = 0x02;
const TO_OUTPUT = 4 << 2;
const TO_OUTPUT_ENCRYPTED = 5 << 2;
const PRF_OUTPUT_64 = 0x100;
const HKDF_MESSAGE_IS_INPUT = 0x02;

/** The result of KDF in clear, or with `io` hidden on the bus by the IO protection key and opened here. */
export async function chipKdf(
  driver: AteccDriver,
  slot: number,
  request: KdfRequest,
  message: Uint8Array,
  io?: { readonly key: Uint8Array; readonly crypto: Sha256 },
): Promise<Uint8Array> {
  const mode = FROM_SLOT | (io === undefined ? TO_OUTPUT : TO_OUTPUT_ENCRYPTED) | (ALGORITHMS[request.algorithm] << 5);
  const data = new Uint8Array(4 + message.length);
  new DataView(data.buffer).setUint32(0, kdfDetails(request, message.length), true);
  data.set(message, 4);
  const size = request.algorithm === 'PRF' ? request.outputSize : 32;
  if (io === undefined) return driver.request(OPCODE.KDF, mode, slot, data, size);
  return openOutput(io.crypto, io.key, await driver.request(OPCODE.KDF, mode, slot, data, size + 32));
}

function kdfDetails(request: KdfRequest, length: number): number {
  switch (request.algorithm) {
    case 'PRF':
      return length * 2 ** 24 + (request.outputSize === 64 ? PRF_OUTPUT_64 : 0) + (request.keySize / 16 - 1);
    case 'AES':
      return request.keyBlock;
    case 'HKDF':
      return length * 2 ** 24 + HKDF_MESSAGE_IS_INPUT;
  }
}
