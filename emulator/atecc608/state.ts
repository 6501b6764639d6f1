import type { ChipCrypto, Sha256 } from '../crypto/index.ts';
import type { Rng } from '../rng/index.ts';
import { requireMemory } from './memory.ts';
import type { Atecc608Options } from './options.ts';
import { SAFE, type UnspecifiedBehaviour } from './unspecified-behaviour.ts';
import { variantOf } from './variants.ts';

/** SourceFlag: what TempKey was made of. */
export const SOURCE = { Random: 0, Input: 1 } as const;
export type SourceFlag = (typeof SOURCE)[keyof typeof SOURCE];

/** TempKey while it is valid. It is always replaced as a whole. */
export interface TempKey {
  /** 32 or 64 bytes. */
  readonly value: Uint8Array;
  readonly sourceFlag: SourceFlag;
  /** The slot that GenDig or GenKey mixed in. */
  readonly keyId: number;
  readonly genDigData: boolean;
  readonly genKeyData: boolean;
  readonly noMacFlag: boolean;
  /** The value is a P-256 scalar that GenKey made here; only ECDH may use it. */
  readonly privateKey: boolean;
}

export function tempKey(value: Uint8Array, sourceFlag: SourceFlag, privateKey = false): TempKey {
  return { value, sourceFlag, keyId: 0, genDigData: false, genKeyData: false, noMacFlag: false, privateKey };
}

/** The byte that stands for TempKey's flags in messages and in Info's State. */
export function tempKeyFlags({ keyId, sourceFlag, genDigData, genKeyData, noMacFlag }: TempKey): number {
  return keyId | (sourceFlag << 4) | (Number(genDigData) << 5) | (Number(genKeyData) << 6) | (Number(noMacFlag) << 7);
}

/** TempKey as the input of a message: none while it is invalid or holds a private key. */
export function inputTempKey({ tempKey }: ChipState): TempKey | undefined {
  return tempKey?.privateKey ? undefined : tempKey;
}

/** What SHA has computed so far. */
export interface ShaContext {
  readonly hash: Sha256;
  /** The 32 bytes of an HMAC's key, which its end needs again; undefined for a plain hash. */
  readonly hmacKey: Uint8Array | undefined;
}

/** Everything that a command works on: the non-volatile memory and the volatile registers. */
export class ChipState {
  /** The flat buffer of memory.ts. Commands write it through `store`. */
  readonly memory: Uint8Array;
  readonly crypto: ChipCrypto;
  readonly rng: Rng;
  tempKey: TempKey | undefined;
  /** Message Digest Buffer: as many bytes as were loaded, 32 or 64; the first 32 are the digest. */
  messageDigestBuffer: Uint8Array | undefined;
  /** Alternate Key Buffer: 32 bytes. */
  alternateKeyBuffer: Uint8Array | undefined;
  sha: ShaContext | undefined;
  /** One bit that survives sleep and is lost with the power. */
  persistentLatch = false;
  /** AuthComplete: the slot of the key that the last CheckMac or Verify proved; its one use by a ReqAuth key takes it away. */
  authorisation: number | undefined;
  /** CheckMac has proved the key of UseLock since the last sleep. */
  transportUnlocked = false;
  /** SecureBoot has forbidden itself until the power goes. */
  secureBootProhibited = false;
  /** Failed tests since the wake, bits of SELF_TEST; while there are any the chip refuses almost everything. */
  selfTestFailures = 0;
  /** Tests that fail on this part. */
  readonly failingSelfTests: number;
  /** The generator's health test has failed and nothing has cleared it since. */
  healthTestFailed = false;
  /** How many of them are still to fail on this part. */
  failingHealthTests: number;
  readonly unspecifiedBehaviour: UnspecifiedBehaviour;
  /** What Info answers. */
  readonly revision: Uint8Array;
  /** How often a command has written non-volatile memory. */
  nonVolatileWrites = 0;

  constructor(options: Atecc608Options) {
    this.memory = requireMemory(options.memory);
    this.crypto = options.crypto;
    this.rng = options.rng;
    this.revision = variantOf(options.variant ?? 'ATECC608A').revision;
    this.failingSelfTests = options.failingSelfTests ?? 0;
    this.failingHealthTests = options.failingHealthTests ?? 0;
    // Chips that ask for nothing else share one object.
    this.unspecifiedBehaviour =
      options.unspecifiedBehaviour === undefined ? SAFE : { ...SAFE, ...options.unspecifiedBehaviour };
  }

  /** Writes non-volatile memory. */
  store(offset: number, bytes: Uint8Array): void {
    this.memory.set(bytes, offset);
    this.nonVolatileWrites++;
  }

  /** What sleep does to the registers. */
  forget(): void {
    this.tempKey = undefined;
    this.messageDigestBuffer = undefined;
    this.alternateKeyBuffer = undefined;
    this.sha = undefined;
    this.authorisation = undefined;
    this.transportUnlocked = false;
    this.healthTestFailed = false;
  }
}
