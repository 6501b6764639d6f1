import type { Time } from '../clock/index.ts';
import type { ChipCrypto } from '../crypto/index.ts';
import type { Rng } from '../rng/index.ts';
import type { UnspecifiedBehaviour } from './unspecified-behaviour.ts';
import type { VariantName } from './variants.ts';

export interface Atecc608Options {
  /** 1400 bytes, kept and written in place: configuration 128, OTP 64, data 1208. `factoryMemory` makes a fresh one. */
  readonly memory: Uint8Array;
  readonly crypto: ChipCrypto;
  /** The chip's random number generator: keys, nonces, signatures. */
  readonly rng: Rng;
  readonly clock: Time;
  /** `maximum`: a command takes the longest that hosts must wait for it, and until then the chip NACKs. */
  readonly executionTimes: 'none' | 'maximum';
  /** Which part it is, where `memory` does not say: its revision. A generic ATECC608A unless it says otherwise. */
  readonly variant?: VariantName;
  /** The other side of what sources leave open; the safe one where it says nothing. */
  readonly unspecifiedBehaviour?: Partial<UnspecifiedBehaviour>;
  /** Self tests that fail on this part although its cryptography works, bits of `SELF_TEST`; none unless it says otherwise. */
  readonly failingSelfTests?: number;
  /** How many health tests of the random number generator fail before one passes; none unless it says otherwise. */
  readonly failingHealthTests?: number;
}
