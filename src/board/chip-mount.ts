import { Atecc608, type VariantName } from '../../emulator/atecc608/index.ts';
import type { Time } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import type { I2cTarget, I2cWriteResult, Pace } from '../../emulator/i2c/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import { freshPart } from '../factory/index.ts';
import { type Commit, DurableMemory } from '../store/index.ts';

export interface ChipMountOptions {
  readonly variant: VariantName;
  /** Of parts that the factory makes for this place; 7 bits, the variant's own when undefined. */
  readonly factoryAddress?: number | undefined;
  /** The memory of the first chip; the mount goes on working on it. */
  readonly memory: Uint8Array;
  /** What its chips draw from. */
  readonly rng: Rng;
  readonly clock: Time;
  readonly pace: Pace;
  /** Without it chips end with the process. */
  readonly keep?: Commit | undefined;
}

/** A place on the board for a secure element, whose chip can be changed. */
export class ChipMount implements I2cTarget {
  readonly variant: VariantName;
  readonly #options: ChipMountOptions;
  readonly #clock: Time;
  #chips = 0;
  #chip: Atecc608;
  #memory: DurableMemory | undefined;

  constructor(options: ChipMountOptions) {
    this.variant = options.variant;
    this.#options = options;
    this.#clock = neverBack(options.clock);
    this.#chip = this.#chipOf(options.memory);
    this.#memory = this.#memoryOf(this.#chip, true);
  }

  /** 7 bits. */
  get address(): number {
    return this.#chip.address;
  }

  get serialNumber(): Uint8Array {
    return Uint8Array.of(...this.#chip.memory.subarray(0, 4), ...this.#chip.memory.subarray(8, 13));
  }

  /** A copy of its non-volatile memory: configuration, OTP, data. */
  snapshot(): Uint8Array {
    return this.#chip.memory.slice();
  }

  /** Puts in a chip with this memory, which then has never been powered. @throws EmuError EMU_E_CHIP_MEMORY */
  replace(memory: Uint8Array): void {
    this.#chip = this.#chipOf(memory);
    this.#memory = this.#memoryOf(this.#chip, false);
  }

  /** Puts in a factory-fresh part. Its serial number is by default that of the chip before. */
  replaceByFresh(serialNumber: Uint8Array = this.serialNumber): void {
    const { variant, factoryAddress: address, rng } = this.#options;
    this.replace(freshPart({ serialNumber, variant, address, rng: rng.fork('factory', this.#chips) }));
  }

  powerCycle(): void {
    this.#chip.powerCycle();
  }

  write(bytes: Uint8Array): I2cWriteResult {
    return this.#chip.write(bytes);
  }

  read(length: number): Uint8Array | undefined {
    return this.#chip.read(length);
  }

  generalCall(): void {
    this.#chip.generalCall();
  }

  readyAt(): number {
    return this.#chip.readyAt();
  }

  /** Resolves when all that the chip has written lasts; undefined when it does already. */
  settle(): Promise<void> | undefined {
    return this.#memory?.settle();
  }

  #chipOf(memory: Uint8Array): Atecc608 {
    const { variant, rng, pace } = this.#options;
    return new Atecc608({
      memory,
      variant,
      crypto: nodeCrypto,
      rng: rng.fork('chip', this.#chips++),
      clock: this.#clock,
      executionTimes: pace === 'hardware' ? 'maximum' : 'none',
    });
  }

  #memoryOf(chip: Atecc608, isCommitted: boolean): DurableMemory | undefined {
    const { keep } = this.#options;
    return keep && new DurableMemory(chip, keep, isCommitted);
  }
}

/** Each master may keep a time of its own; for one that is behind, the chip's stands still until it is there. */
function neverBack(clock: Time): Time {
  let latest = clock.now();
  return {
    now() {
      latest = Math.max(latest, clock.now());
      return latest;
    },
  };
}
