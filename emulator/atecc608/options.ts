import type { Time } from '../clock/index.ts';
import type { ChipCrypto } from '../crypto/index.ts';
import type { Rng } from '../rng/index.ts';
import type { UnspecifiedBehaviour } from './unspecified-behaviour.ts';
import type { VariantName } from './variants.ts';

export interface Atecc608Options {
  /** 1400 bytes, used and written in place: configuration 128, OTP 64, data 1208. `factoryMemory` makes a fresh one. */
  readonly memory: Uint8Array;
  readonly crypto: ChipCrypto;
  /** The chip's random number generator: keys, nonces, signatures. */
  readonly rng: Rng;
  readonly clock: Time;
  /** `maximum`: a command takes the longest that hosts must wait for it, and until then the chip NACKs. */
  readonly executionTimes: 'none' | 'maximum';
  /** Which part it is, for what `memory` does not say: its revision. The default is a generic ATECC608A. */
  readonly variant?: VariantName;
  /** Choices where the sources do not specify the behaviour. The defaults are the safe ones. */
  readonly unspecifiedBehaviour?: Partial<UnspecifiedBehaviour>;
  /** Self tests that fail on this part although its cryptography works, bits of `SELF_TEST`. The default is none. */
  readonly failingSelfTests?: number;
  /** How many health tests of the random number generator fail before one passes. The default is 0. */
  readonly failingHealthTests?: number;
}
