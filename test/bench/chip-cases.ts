import { OPCODE } from '../../emulator/atecc608/index.ts';
import { type ChipCrypto, nodeCrypto } from '../../emulator/crypto/index.ts';
import { type Changes, type Host, keyConfigAt, packet, seedChip, slotConfigAt } from '../support/atecc608.ts';
import {
  checkMacData,
  encryptedKey,
  encryptedWrite,
  filled,
  joined,
  le16,
  SERIAL,
  sha256,
  storedPoint,
  zeros,
} from '../support/atecc608-messages.ts';

/** One mode of one command, and what it takes to repeat it. */
export interface ChipCase {
  readonly command: keyof typeof OPCODE;
  /** As the data sheet writes it, and in words. */
  readonly mode: string;
  /** Its cost is that of points on P-256. */
  readonly curve: boolean;
  readonly packet: Uint8Array;
  /** Sent once. */
  readonly first: readonly Uint8Array[];
  /** Sent before each time, since the command uses up what they make. */
  readonly before: readonly Uint8Array[];
  /** Takes back from the memory what the chip does only once. */
  restore?(memory: Uint8Array): void;
}

const PRIVATE = 0;
const ECDH_OUT = 2;
const IMPORTED = 3;
const IO_KEY = 4;
const ENCRYPTED = 5;
/** The slot of the symmetric key. */
export const KEY = 6;
const CLEAR = 8;
const AES_KEY = 9;
const ROLLED = 10;
const CREATED = 12;
const LOCKABLE = 14;
const PUBLIC = 15;
const TEMP_KEY = 0xffff;

const SECURE_BOOT = 70;
const USER_EXTRA = 84;
const LOCK_CONFIG = 87;
const SLOT_LOCKED = 88;

/** FullDig with slots 13 and 15; slots that roll, are made from a key, take keys and secrets encrypted under it. */
const CHANGES: Changes = {
  [slotConfigAt(ECDH_OUT)]: 0x2085,
  [keyConfigAt(ECDH_OUT)]: 0x0033,
  [slotConfigAt(IMPORTED)]: 0x4681,
  [keyConfigAt(IMPORTED)]: 0x0033,
  [slotConfigAt(ENCRYPTED)]: 0x46c6,
  [keyConfigAt(ENCRYPTED)]: 0x003c,
  [slotConfigAt(KEY)]: 0x808f,
  [keyConfigAt(KEY)]: 0x003c,
  [slotConfigAt(AES_KEY)]: 0x808f,
  [keyConfigAt(AES_KEY)]: 0x0038,
  [slotConfigAt(ROLLED)]: 0x208f,
  [keyConfigAt(ROLLED)]: 0x003c,
  [slotConfigAt(CREATED)]: 0xb68f,
  [keyConfigAt(CREATED)]: 0x003c,
  [SECURE_BOOT]: 0xfd03,
};

const key = filled(0x4b);
const seed = filled(0x6b);
const sessionKey = sha256(key, Uint8Array.of(OPCODE.GenDig, 0x02), le16(KEY), SERIAL, zeros(25), seed);
const scalar = filled(0x2d);
const point = nodeCrypto.publicKey(scalar) ?? zeros(64);
const signature = nodeCrypto.signDigest(scalar, seed, zeros(0)) ?? zeros(64);
const signedDigest = joined(seed, signature);
const deriveMac = sha256(key, Uint8Array.of(OPCODE.DeriveKey, 0x04), le16(CREATED), SERIAL);
/** Details: PRF with 32 bytes of key, 32 or 64 bytes out; AES with the first block; HKDF with the message in the packet. */
const kdf = (details: number, message: Uint8Array) => joined(le16(details), Uint8Array.of(0, message.length), message);

const loadSeed = packet(OPCODE.Nonce, 0x03, 0, seed);
const randomNonce = packet(OPCODE.Nonce, 0x00, 0, zeros(20));
const mixKey = packet(OPCODE.GenDig, 0x02, KEY);
const startSha = packet(OPCODE.SHA, 0x00);
const startHmac = packet(OPCODE.SHA, 0x04, KEY);
const createKey = packet(OPCODE.GenKey, 0x04, TEMP_KEY);

type Sent = readonly [param1: number, param2?: number, data?: Uint8Array];
type More = Partial<Pick<ChipCase, 'curve' | 'first' | 'before' | 'restore'>>;

function of(command: ChipCase['command'], mode: string, sent: Sent, more: More = {}): ChipCase {
  return { command, mode, packet: packet(OPCODE[command], ...sent), curve: false, first: [], before: [], ...more };
}

/** All 22 commands in their main modes. */
export const CHIP_CASES: readonly ChipCase[] = [
  of('AES', '00 encrypt', [0x00, AES_KEY, zeros(16)]),
  of('AES', '01 decrypt', [0x01, AES_KEY, zeros(16)]),
  of('AES', '03 GFM', [0x03, 0, filled(0x35)]),
  of('CheckMac', '00 key and challenge', [0x00, KEY, checkMacData(key, seed)]),
  of('CheckMac', '05 key and TempKey', [0x05, KEY, checkMacData(key, seed)], { before: [loadSeed] }),
  of('Counter', '00 read', [0x00, 1]),
  of('Counter', '01 increment', [0x01, 1]),
  of('DeriveKey', '04 roll', [0x04, ROLLED], { before: [loadSeed] }),
  of('DeriveKey', '04 create, with MAC', [0x04, CREATED, deriveMac], { before: [loadSeed] }),
  of('ECDH', '0C slot to output', [0x0c, ECDH_OUT, point], {
    curve: true,
    first: [packet(OPCODE.GenKey, 0x04, ECDH_OUT)],
  }),
  of('ECDH', '0F TempKey to encrypted output', [0x0f, 0, point], { curve: true, before: [createKey] }),
  of('GenDig', '00 config', [0x00], { first: [loadSeed] }),
  of('GenDig', '02 slot', [0x02, KEY], { first: [loadSeed] }),
  of('GenKey', '00 public key', [0x00, PRIVATE], { curve: true, first: [packet(OPCODE.GenKey, 0x04, PRIVATE)] }),
  of('GenKey', '04 create in TempKey', [0x04, TEMP_KEY], { curve: true }),
  of('Info', '00 revision', [0x00]),
  of('Info', '02 state', [0x02]),
  of('KDF', '12 PRF, 32 bytes', [0x12, KEY, kdf(0x001, zeros(45))]),
  of('KDF', '12 PRF, 64 bytes', [0x12, KEY, kdf(0x101, zeros(45))]),
  of('KDF', '32 AES', [0x32, KEY, kdf(0, zeros(16))]),
  of('KDF', '52 HKDF', [0x52, KEY, kdf(0x002, zeros(45))]),
  of('Lock', '80 config', [0x80], { restore: (memory) => memory.fill(0x55, LOCK_CONFIG, LOCK_CONFIG + 1) }),
  of('Lock', 'BA slot 14', [0x82 | (LOCKABLE << 2)], {
    restore: (memory) => memory.fill(0xff, SLOT_LOCKED, SLOT_LOCKED + 2),
  }),
  of('MAC', '00 key and challenge', [0x00, KEY, seed]),
  of('MAC', '05 key and TempKey', [0x05, KEY], { before: [loadSeed] }),
  of('Nonce', '00 random', [0x00, 0, zeros(20)]),
  of('Nonce', '03 pass-through', [0x03, 0, seed]),
  of('PrivWrite', '40 encrypted', [0x40, IMPORTED, encryptedKey(sessionKey, IMPORTED, scalar)], {
    curve: true,
    before: [loadSeed, mixKey],
  }),
  of('Random', '00', [0x00]),
  of('Read', '00 4 bytes of config', [0x00, 0]),
  of('Read', '82 32 bytes of data', [0x82, CLEAR << 3]),
  of('Read', '82 encrypted', [0x82, ENCRYPTED << 3], { before: [randomNonce, mixKey] }),
  of('SecureBoot', '05 Full', [0x05, 0, signedDigest], { curve: true }),
  of('SecureBoot', '06 FullStore', [0x06, 0, seed], { first: [packet(OPCODE.SecureBoot, 0x07, 0, signedDigest)] }),
  of('SelfTest', '01 RNG', [0x01]),
  of('SelfTest', '10 AES', [0x10]),
  of('SelfTest', '20 SHA', [0x20]),
  of('SelfTest', '3D all', [0x3d], { curve: true }),
  of('SHA', '00 start', [0x00]),
  of('SHA', '01 update, 64 bytes', [0x01, 64, zeros(64)], { first: [startSha] }),
  of('SHA', '02 end, 32 bytes', [0x02, 32, zeros(32)], { before: [startSha] }),
  of('SHA', '02 end of an HMAC', [0x02, 32, zeros(32)], { before: [startHmac] }),
  of('SHA', '04 HMAC start', [0x04, KEY]),
  of('SHA', '06 read context', [0x06], { first: [startSha] }),
  of('SHA', '07 write context', [0x07, 36, zeros(36)]),
  of('Sign', '80 external', [0x80, PRIVATE], {
    curve: true,
    first: [packet(OPCODE.GenKey, 0x04, PRIVATE)],
    before: [loadSeed],
  }),
  of('UpdateExtra', '00', [0x00, 0x5a], { restore: (memory) => memory.fill(0, USER_EXTRA, USER_EXTRA + 1) }),
  of('Verify', '00 stored', [0x00, PUBLIC, signature], { curve: true, first: [loadSeed] }),
  of('Verify', '02 external', [0x02, 0x0004, joined(signature, point)], { curve: true, first: [loadSeed] }),
  of('Write', '02 4 bytes', [0x02, CLEAR << 3, seed.subarray(0, 4)]),
  of('Write', '82 32 bytes', [0x82, CLEAR << 3, seed]),
  of('Write', 'C2 encrypted', [0xc2, ENCRYPTED << 3, encryptedWrite(sessionKey, 0xc2, ENCRYPTED << 3, key)], {
    before: [loadSeed, mixKey],
  }),
];

/** A chip, locked and with the keys that the cases take. */
export function benchChip(crypto: ChipCrypto): Host {
  return seedChip({
    crypto,
    changes: CHANGES,
    fill(host) {
      for (const slot of [KEY, AES_KEY, ROLLED, IO_KEY]) host.fill(slot, key);
      host.fill(PUBLIC, storedPoint(point));
    },
  });
}
