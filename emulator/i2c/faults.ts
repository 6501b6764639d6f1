import type { Time } from '../clock/index.ts';
import type { Rng } from '../rng/index.ts';
import type { I2c } from './bus.ts';
import { ADDRESS_NACK, type I2cWriteResult } from './target.ts';

/** What is wrong at one 7-bit address. */
export type Fault =
  /** Not acknowledged for so many transfers, for so long, or, with neither, until the fault is cleared. */
  | {
      readonly kind: 'nack';
      readonly address: number;
      readonly transfers?: number | undefined;
      readonly ms?: number | undefined;
    }
  /** A chip that never gets ready again: not acknowledged until its power goes. */
  | { readonly kind: 'busy'; readonly address: number }
  /** Not on the bus until the fault is cleared. */
  | { readonly kind: 'absent'; readonly address: number }
  /** One bit of a transfer arrives wrong, in the next `transfers` of them (1 by default). */
  | {
      readonly kind: 'flip';
      readonly address: number;
      readonly direction: 'read' | 'write';
      /** Counted from the first byte's bit 0; a bit behind the end of a transfer leaves it whole. Random when absent. */
      readonly bit?: number | undefined;
      readonly transfers?: number | undefined;
    };

interface ActiveFault {
  readonly fault: Fault;
  transfersLeft: number;
  readonly until: number;
}

/** A bus with faults. Address 0, the general call, always passes. */
export class FaultyBus implements I2c {
  readonly #bus: I2c;
  readonly #clock: Time;
  readonly #rng: Rng;
  #active: ActiveFault[] = [];

  constructor(bus: I2c, clock: Time, rng: Rng) {
    this.#bus = bus;
    this.#clock = clock;
    this.#rng = rng;
  }

  /** From now on; several faults of one address are all in force. */
  add(fault: Fault): void {
    const now = this.#clock.now();
    this.#active = this.#active.filter(({ until }) => now < until);
    this.#active.push({ fault, transfersLeft: transfersOf(fault), until: now + durationOf(fault) });
  }

  /** The faults in force, with the transfers and milliseconds that are left of each. */
  inForce(): Fault[] {
    const now = this.#clock.now();
    return this.#active
      .filter(({ until }) => now < until)
      .map(({ fault, transfersLeft, until }) => ({
        ...fault,
        ...(Number.isFinite(transfersLeft) && { transfers: transfersLeft }),
        ...(Number.isFinite(until) && { ms: until - now }),
      }));
  }

  /** Clears the faults at one address, or all. Returns those cleared. */
  clear(address?: number): Fault[] {
    const ended = this.#active.filter(({ fault }) => address === undefined || fault.address === address);
    this.#active = this.#active.filter((active) => !ended.includes(active));
    return ended.map(({ fault }) => fault);
  }

  /** The chip at `address` loses its power. */
  powerCycle(address: number): void {
    this.#active = this.#active.filter(({ fault }) => fault.kind !== 'busy' || fault.address !== address);
  }

  write(address: number, bytes: Uint8Array, stop = true): I2cWriteResult {
    if (this.#nacks(address)) return ADDRESS_NACK;
    return this.#bus.write(address, this.#flipped(address, 'write', bytes), stop);
  }

  read(address: number, length: number, stop = true): Uint8Array | undefined {
    if (this.#nacks(address)) return undefined;
    const bytes = this.#bus.read(address, length, stop);
    return bytes && this.#flipped(address, 'read', bytes);
  }

  /** Never, while waiting alone does not help. */
  readyAt(address: number): number | undefined {
    const hopeless = this.#active.some(
      ({ fault }) => fault.address === address && (fault.kind === 'busy' || fault.kind === 'absent'),
    );
    return hopeless ? Number.POSITIVE_INFINITY : this.#bus.readyAt(address);
  }

  #nacks(address: number): boolean {
    return this.#strike((fault) => fault.kind !== 'flip' && fault.address === address) !== undefined;
  }

  #flipped(address: number, direction: 'read' | 'write', bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes;
    const fault = this.#strike(
      (candidate) => candidate.kind === 'flip' && candidate.address === address && candidate.direction === direction,
    );
    if (fault?.kind !== 'flip') return bytes;
    const bit = fault.bit ?? Math.floor(this.#rng.fraction() * bytes.length * 8);
    const flipped = Uint8Array.from(bytes);
    const byte = flipped[bit >> 3];
    if (byte !== undefined) flipped[bit >> 3] = byte ^ (1 << (bit & 7));
    return flipped;
  }

  /** The first fault in force that `matches`, which thereby has one transfer fewer to go. */
  #strike(matches: (fault: Fault) => boolean): Fault | undefined {
    if (this.#active.length === 0) return undefined;
    const now = this.#clock.now();
    const found = this.#active.find(({ fault, until }) => now < until && matches(fault));
    if (found !== undefined) found.transfersLeft--;
    this.#active = this.#active.filter(({ transfersLeft, until }) => transfersLeft > 0 && now < until);
    return found?.fault;
  }
}

function transfersOf(fault: Fault): number {
  if (fault.kind === 'flip') return fault.transfers ?? 1;
  return (fault.kind === 'nack' ? fault.transfers : undefined) ?? Number.POSITIVE_INFINITY;
}

function durationOf(fault: Fault): number {
  return (fault.kind === 'nack' ? fault.ms : undefined) ?? Number.POSITIVE_INFINITY;
}
