import assert from 'node:assert/strict';
import { Atecc608, type Atecc608Options } from '../../emulator/atecc608/index.ts';
import { packetCrc, toHex } from './atecc608.ts';

const IDLE_BUS = 0xff;
const WATCHDOG_SHORT = 1300;
const WATCHDOG_LONG = 13_000;
/** The longest of a command, SelfTest apart, at the slowest clock. */
const LONGEST_COMMAND = 1100;

export type WireOptions = Omit<Atecc608Options, 'clock' | 'executionTimes'> & { readonly timed: boolean };

/** A chip on its bus with a host that waits for it, and wakes it anew before its watchdog gets near. */
export class Wire {
  readonly chip: Atecc608;
  readonly #timed: boolean;
  #now = 0;
  #wokenAt = Number.NEGATIVE_INFINITY;
  #awake = false;

  constructor({ timed, ...options }: WireOptions) {
    this.#timed = timed;
    const clock = {
      now: () => this.#now,
      alarm: () => {
        throw new Error('the chip sets no alarms');
      },
    };
    this.chip = new Atecc608({ ...options, clock, executionTimes: timed ? 'maximum' : 'none' });
  }

  /** Whether a wake was needed; its answer is checked. */
  wake(): boolean {
    const near = this.#timed && this.#now + LONGEST_COMMAND > this.#wokenAt + WATCHDOG_SHORT;
    if (this.#awake && near) this.#write(0x02);
    if (this.#awake) return false;
    this.chip.generalCall();
    this.#awake = true;
    this.#wokenAt = this.#now;
    const answer = toHex(this.chip.read(4) as Uint8Array);
    assert.ok(answer === '04113343' || answer === '0407C440', `the chip answers a wake with ${answer}`);
    return true;
  }

  /** Sends a packet to the chip, which is awake, waits, and takes the payload of its reply, which is well formed. */
  exchange(packet: Uint8Array): Uint8Array {
    const { chip } = this;
    chip.write(Uint8Array.of(0x03, ...packet));
    this.#now = Math.max(this.#now, chip.readyAt());
    const count = chip.read(1)?.[0] ?? 0;
    assert.ok(count >= 4 && count <= 102, `a reply of ${count} bytes`);
    const rest = chip.read(count) as Uint8Array;
    const crc = packetCrc(Uint8Array.of(count, ...rest.subarray(0, -3)));
    assert.equal((rest[count - 3] as number) | ((rest[count - 2] as number) << 8), crc, 'the CRC of a reply');
    assert.equal(rest[count - 1], IDLE_BUS, 'the bus behind a reply');
    return rest.subarray(0, -3);
  }

  /** Lets the time pass until the watchdog leaves less than any command takes; false where commands take none. */
  approachWatchdog(): boolean {
    if (!this.#timed) return false;
    const long = ((this.chip.memory[19] as number) & 0x04) !== 0;
    this.#now = Math.max(this.#now, this.#wokenAt + (long ? WATCHDOG_LONG : WATCHDOG_SHORT) - 1);
    return true;
  }

  idle(): void {
    this.wake();
    this.#write(0x02);
  }

  sleep(): void {
    this.wake();
    this.#write(0x01);
  }

  expireWatchdog(): void {
    this.#now += WATCHDOG_LONG;
    this.#awake = false;
    assert.equal(this.chip.read(1), undefined, 'the watchdog has put the chip to sleep');
  }

  powerCycle(): void {
    this.chip.powerCycle();
    this.#awake = false;
  }

  /** Rewinds the output and reads all of it. */
  rereads(): Uint8Array {
    this.wake();
    this.chip.write(Uint8Array.of(0x00));
    return this.chip.read(160) as Uint8Array;
  }

  #write(wordAddress: number): void {
    this.chip.write(Uint8Array.of(wordAddress));
    this.#awake = false;
  }
}
