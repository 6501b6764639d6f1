import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { type Host, hex } from './atecc608.ts';

/** What a host computes beside the chip, on node:crypto and apart from the chip's own messages. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest());
}

export const zeros = (length: number): Uint8Array => new Uint8Array(length);
export const filled = (byte: number, length = 32): Uint8Array => new Uint8Array(length).fill(byte);
export const le16 = (value: number): Uint8Array => Uint8Array.of(value & 0xff, value >> 8);
export const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
export const mixed = (bytes: Uint8Array, pad: Uint8Array): Uint8Array =>
  bytes.map((byte, index) => byte ^ (pad[index] as number));

/** SN[8] and SN[0:1] of the chip under test. */
export const SERIAL = hex('EE 0123');

/** What Lock's CRC of the data zone is over. */
export const dataAndOtp = (memory: Uint8Array): Uint8Array => joined(memory.subarray(192), memory.subarray(128, 192));

/** `bytes` with one bit turned. */
export function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
}

/** Loads 32 bytes from the host: SourceFlag is fixed input. */
export function loadTempKey(host: Host, value: Uint8Array): Uint8Array {
  expectStatus(host, 0x16, 0x03, 0, value);
  return value;
}

/** A random nonce; what TempKey is after it. */
export function randomTempKey(host: Host): Uint8Array {
  const numIn = filled(0x5a, 20);
  return sha256(host.command(0x16, 0x00, 0, numIn), numIn, hex('16 00 00'));
}

/** GenDig of a slot's key, with the four bytes that cryptoauthlib always sends; what TempKey is after it. */
export function digestKey(host: Host, slot: number, key: Uint8Array, tempKey: Uint8Array): Uint8Array {
  expectStatus(host, 0x15, 0x02, slot, hex('A0A1A2A3'));
  return sha256(key.subarray(0, 32), hex('15 02'), le16(slot), SERIAL, zeros(25), tempKey);
}

/** The key of an encrypted transfer: random nonce, GenDig. */
export function openSession(host: Host, slot: number, key: Uint8Array): Uint8Array {
  return digestKey(host, slot, key, randomTempKey(host));
}

/** The data of an encrypted Write. */
export function encryptedWrite(key: Uint8Array, mode: number, address: number, plain: Uint8Array): Uint8Array {
  const mac = sha256(key, Uint8Array.of(0x12, mode), le16(address), SERIAL, zeros(25), plain);
  return joined(mixed(plain, key), mac);
}

/** The data of an encrypted PrivWrite. */
export function encryptedKey(key: Uint8Array, slot: number, scalar: Uint8Array): Uint8Array {
  const plain = joined(zeros(4), scalar);
  const mac = sha256(key, hex('46 40'), le16(slot), SERIAL, zeros(21), plain);
  return joined(mixed(plain, joined(key, sha256(key).subarray(0, 4))), mac);
}

/** The data of a CheckMac that the key answers, mode without OTP; `first` and `second` are the two blocks. */
export function checkMacData(first: Uint8Array, second: Uint8Array, otp: Uint8Array = zeros(8)): Uint8Array {
  const other = hex('F0F1F2F3 F4F5F6 F7F8F9FA FBFC');
  const response = sha256(
    first,
    second,
    other.subarray(0, 4),
    otp,
    other.subarray(4, 7),
    hex('EE'),
    other.subarray(7, 11),
    hex('0123'),
    other.subarray(11),
  );
  return joined(second, response, other);
}

/** Whether TempKey has this value: Nonce's calculation starts from it, and writes over it. */
export function takesTempKey(host: Host, value: Uint8Array): boolean {
  const numIn = zeros(20);
  const answer = host.command(0x16, 0, 0x8000, numIn);
  return Buffer.from(answer).equals(sha256(value, numIn, hex('16 00 00')));
}

export function hasTempKey(host: Host): boolean {
  return ((host.command(0x30, 2)[1] as number) & 0x80) !== 0;
}

function expectStatus(host: Host, opcode: number, param1: number, param2: number, data: Uint8Array): void {
  const status = host.status(opcode, param1, param2, data);
  if (status !== 0) throw new Error(`command ${opcode.toString(16)} gave status ${status}`);
}

/** A key outside the chip: its point X||Y, and signatures R||S over SHA-256 of a message. */
export interface SoftKey {
  readonly point: Uint8Array;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

export function softKey(): SoftKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  return {
    point: new Uint8Array(Buffer.concat([Buffer.from(x, 'base64url'), Buffer.from(y, 'base64url')])),
    sign: (message) => new Uint8Array(sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' })),
  };
}

/** A public key as a slot stores it, its first nibble saying whether it is valid. */
export function storedPoint(point: Uint8Array, nibble = 0): Uint8Array {
  return joined(Uint8Array.of(nibble << 4, 0, 0, 0), point.subarray(0, 32), zeros(4), point.subarray(32));
}

/** node:crypto hashes the message itself, so the signature is right only if the chip signed SHA-256(signed). */
export function verifies(point: Uint8Array, signed: Uint8Array, signature: Uint8Array): boolean {
  const coordinate = (from: number) => Buffer.from(point.subarray(from, from + 32)).toString('base64url');
  const jwk = { kty: 'EC', crv: 'P-256', x: coordinate(0), y: coordinate(32) };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature);
}
