import { Atecc608, factoryMemory, type VariantName } from '../../emulator/atecc608/index.ts';
import type { Clock } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import type { I2cTarget, I2cWriteResult, Pace } from '../../emulator/i2c/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import { HeldClock } from '../store/index.ts';

export interface ChipMountOptions {
  readonly variant: VariantName;
  /** Of parts that the factory makes for this place; 7 bits, the variant's own when undefined. */
  readonly factoryAddress?: number | undefined;
  /** The memory of the first chip; the mount goes on working on it. */
  readonly memory: Uint8Array;
  /** What its chips draw from. */
  readonly rng: Rng;
  readonly clock: Clock;
  readonly pace: Pace;
  /** Takes a copy of the memory when it is called, and resolves when that lasts; without it chips end with the process. */
  readonly keep?: ((memory: Uint8Array) => Promise<void>) | undefined;
}

/** A place on the board for a secure element, whose chip can be changed. */
export class ChipMount implements I2cTarget {
  readonly variant: VariantName;
  readonly #options: ChipMountOptions;
  readonly #clock: HeldClock;
  #chips = 0;
  #chip: Atecc608;
  /** `nonVolatileWrites` of the chip as of what is kept. */
  #kept = 0;

  constructor(options: ChipMountOptions) {
    this.variant = options.variant;
    this.#options = options;
    this.#clock = new HeldClock(options.clock);
    this.#chip = this.#chipOf(options.memory);
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
  replace(memory: Uint8Array): Promise<void> {
    this.#chip = this.#chipOf(memory);
    this.#kept = -1;
    return this.keepUp() ?? Promise.resolve();
  }

  /** Puts in a part as it leaves the factory. Its serial number is that of the chip before unless told. */
  replaceByFresh(serialNumber: Uint8Array = this.serialNumber): Promise<void> {
    const { variant, factoryAddress: address, rng } = this.#options;
    return this.replace(factoryMemory({ serialNumber, variant, address, rng: rng.fork('factory', this.#chips) }));
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
    return this.#chip.readyAt() + this.#clock.held;
  }

  /** Keeps what the chip has written since the last time; undefined when there is nothing. Its clock stands still meanwhile. */
  keepUp(): Promise<void> | undefined {
    const { keep, clock } = this.#options;
    const { nonVolatileWrites, memory } = this.#chip;
    if (keep === undefined || nonVolatileWrites === this.#kept) return undefined;
    this.#kept = nonVolatileWrites;
    const since = clock.now();
    return keep(memory).then(() => this.#clock.hold(clock.now() - since));
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
}
