import { OPCODE } from '../../atecc608/index.ts';
import type { ChipCrypto } from '../../crypto/index.ts';

/** SHA-256 is all that the host's side of the chip's digests takes. */
export type Sha256 = Pick<ChipCrypto, 'sha256'>;

const BLOCK_SIZE = 32;

/** What is as fixed in a chip as its serial number: SN[0:8], 9 bytes. */
export type SerialNumber = Uint8Array;

/** TempKey after a random Nonce: SHA-256(RandOut || NumIn || 16 || 00 || 00). */
export function nonceDigest({ sha256 }: Sha256, randOut: Uint8Array, numIn: Uint8Array): Uint8Array {
  return sha256(randOut, numIn, Uint8Array.of(OPCODE.Nonce, 0x00, 0x00));
}

/** TempKey after GenKey mixed a public key in: `three` are mode and key id (LE16), or in mode 10 the host's OtherData. */
export function publicKeyDigest(
  { sha256 }: Sha256,
  serialNumber: SerialNumber,
  three: Uint8Array,
  publicKey: Uint8Array,
  tempKey: Uint8Array,
): Uint8Array {
  return sha256(tempKey.subarray(0, 32), messageBlock(serialNumber, [OPCODE.GenKey, ...three]), publicKey);
}

/** The MAC of an encrypted Write: over the plaintext, and the mode as it is sent. */
export function writeMac(
  { sha256 }: Sha256,
  serialNumber: SerialNumber,
  mode: number,
  address: number,
  sessionKey: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  const head = messageBlock(serialNumber, [OPCODE.Write, mode, address & 0xff, address >> 8]);
  return sha256(sessionKey, head, plain);
}

/** The MAC of an encrypted PrivWrite: over 36 bytes, the scalar behind four zeros. */
export function privWriteMac(
  { sha256 }: Sha256,
  serialNumber: SerialNumber,
  mode: number,
  slot: number,
  sessionKey: Uint8Array,
  plain: Uint8Array,
): Uint8Array {
  return sha256(sessionKey, messageBlock(serialNumber, [OPCODE.PrivWrite, mode, slot, 0x00], 28), plain);
}

/** The key that DeriveKey makes of a parent and TempKey. */
export function derivedKey(
  { sha256 }: Sha256,
  serialNumber: SerialNumber,
  target: number,
  parent: Uint8Array,
  tempKey: Uint8Array,
): Uint8Array {
  return sha256(parent, messageBlock(serialNumber, [OPCODE.DeriveKey, 0x00, target, 0x00]), tempKey);
}

/** The MAC with which a host shows DeriveKey that it knows the parent. */
export function deriveKeyMac(
  { sha256 }: Sha256,
  serialNumber: SerialNumber,
  target: number,
  parent: Uint8Array,
): Uint8Array {
  return sha256(parent, messageBlock(serialNumber, [OPCODE.DeriveKey, 0x00, target, 0x00], 7));
}

/** What the chip hid with its IO protection key: each 32 bytes under 16 bytes of the OutNonce that stands behind them. */
export function openOutput({ sha256 }: Sha256, ioKey: Uint8Array, output: Uint8Array): Uint8Array {
  const outNonce = output.subarray(-BLOCK_SIZE);
  const plain = new Uint8Array(output.subarray(0, -BLOCK_SIZE));
  for (let at = 0; at < plain.length; at += BLOCK_SIZE) {
    const pad = sha256(ioKey, outNonce.subarray(at / 2, at / 2 + 16));
    plain.set(xor(plain.subarray(at, at + BLOCK_SIZE), pad), at);
  }
  return plain;
}

/** As many bytes as `bytes` has. */
export function xor(bytes: Uint8Array, pad: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => byte ^ (pad[index] ?? 0));
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Four bytes of the command, SN[8], SN[0:1], zeros. */
export function messageBlock(serialNumber: SerialNumber, command: readonly number[], length = BLOCK_SIZE): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes.set(command);
  bytes.set(serialNumber.subarray(8), 4);
  bytes.set(serialNumber.subarray(0, 2), 5);
  return bytes;
}
