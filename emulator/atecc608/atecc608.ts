import type { Time } from '../clock/index.ts';
import { ACK, ADDRESS_NACK, type I2cTarget, type I2cWriteResult } from '../i2c/index.ts';
import { has } from './bit-fields.ts';
import { CHIP_MODE, CONFIG } from './config-layout.ts';
import { executePacket, executionTime, packetLength, parsePacket } from './execute.ts';
import { i2cAddressOf } from './i2c-address.ts';
import { byteAt } from './memory.ts';
import { WORD_ADDRESS } from './opcodes.ts';
import type { Atecc608Options } from './options.ts';
import { reply, statusReply } from './reply.ts';
import { testAtWake } from './self-test.ts';
import { ChipState } from './state.ts';
import { STATUS } from './status.ts';

/** The 7-bit address of a generic part. */
export const ATECC608_ADDRESS = 0x60;

const WATCHDOG_SHORT_MS = 1300;

const BUS_IDLE = 0xff;

/** Quirk: the CRC of the answer to a wake whose self test failed is a constant, and not the one of these two bytes. */
const SELF_TEST_FAILED_AT_WAKE = Uint8Array.of(4, STATUS.SelfTestFailure, 0xc4, 0x40);

type Power = 'asleep' | 'idle' | 'awake';

/**
 * An ATECC608A on an I2C bus (data sheet, section 1): word addresses, packets, wake, idle, sleep and the watchdog around
 * the commands of `commands/`. After power-up it sleeps.
 */
export class Atecc608 implements I2cTarget {
  readonly #state: ChipState;
  readonly #clock: Time;
  readonly #timed: boolean;
  #power: Power = 'asleep';
  #address: number;
  #wokenAt = 0;
  #busyUntil = Number.NEGATIVE_INFINITY;
  /** The head of a packet whose rest has yet to come. */
  #input: Uint8Array | undefined;
  /** The packet to read; none while a command is incomplete. */
  #output: Uint8Array | undefined;
  /** Reads continue where the last one stopped. */
  #pointer = 0;

  constructor(options: Atecc608Options) {
    this.#state = new ChipState(options);
    this.#address = i2cAddressOf(options.memory);
    this.#clock = options.clock;
    this.#timed = options.executionTimes === 'maximum';
  }

  /** The chip's own memory, live. Hosts persist it; they do not write it. */
  get memory(): Uint8Array {
    return this.#state.memory;
  }

  /** Rises with each write to non-volatile memory: a reply is durable once the memory of this count is. */
  get nonVolatileWrites(): number {
    return this.#state.nonVolatileWrites;
  }

  /** The 7-bit address that the chip answers to: that of its configuration at the last sleep, or as `addressChange` says. */
  get address(): number {
    return this.#address;
  }

  write(bytes: Uint8Array): I2cWriteResult {
    if (!this.#listens()) return ADDRESS_NACK;
    switch (bytes[0]) {
      case WORD_ADDRESS.Reset:
        this.#pointer = 0;
        this.#input = undefined;
        break;
      case WORD_ADDRESS.Sleep:
        this.#sleep();
        break;
      case WORD_ADDRESS.Idle:
        this.#power = 'idle';
        break;
      case WORD_ADDRESS.Command:
        if (bytes.length > 1) this.#receive(bytes);
        break;
      // Other word addresses are reserved and an empty write has none: acknowledged, without effect.
    }
    return ACK;
  }

  read(length: number): Uint8Array | undefined {
    if (!this.#listens()) return undefined;
    const rest = this.#output?.slice(this.#pointer, this.#pointer + length);
    this.#pointer += length;
    if (rest?.length === length) return rest;
    const out = new Uint8Array(length).fill(BUS_IDLE);
    if (rest !== undefined) out.set(rest);
    return out;
  }

  /** A transfer to address 0 holds SDA low for long enough to wake the chip; while awake it means nothing. */
  generalCall(): void {
    if (this.#isAwake()) return;
    this.#power = 'awake';
    this.#wokenAt = this.#clock.now();
    this.#input = undefined;
    testAtWake(this.#state);
    this.#output = this.#state.selfTestFailures === 0 ? statusReply(STATUS.AfterWake) : SELF_TEST_FAILED_AT_WAKE;
    this.#pointer = 0;
  }

  /** The end of the command under way; never, for a chip that sleeps or idles, since only a wake pulse ends that. */
  readyAt(): number {
    return this.#power === 'awake' ? this.#busyUntil : Number.POSITIVE_INFINITY;
  }

  /** Takes the power away and gives it back. */
  powerCycle(): void {
    this.#sleep();
    this.#state.persistentLatch = false;
    this.#state.secureBootProhibited = false;
    this.#address = i2cAddressOf(this.#state.memory);
  }

  #listens(): boolean {
    return this.#isAwake() && this.#clock.now() >= this.#busyUntil;
  }

  /** The watchdog runs while the chip is awake, and puts it to sleep whatever it is doing. */
  #isAwake(): boolean {
    if (this.#power === 'awake' && this.#clock.now() >= this.#watchdogExpiry()) this.#sleep();
    return this.#power === 'awake';
  }

  #watchdogExpiry(): number {
    const long = has(byteAt(this.#state.memory, CONFIG.ChipMode), CHIP_MODE.watchdogLong);
    return this.#wokenAt + (long ? this.#state.unspecifiedBehaviour.watchdogLongMs : WATCHDOG_SHORT_MS);
  }

  #sleep(): void {
    this.#power = 'asleep';
    this.#busyUntil = Number.NEGATIVE_INFINITY;
    this.#input = undefined;
    this.#output = undefined;
    this.#state.forget();
    if (this.#state.unspecifiedBehaviour.addressChange === 'sleep') this.#address = i2cAddressOf(this.#state.memory);
  }

  /** Takes the bytes behind the word address; a packet may come in several writes. Bytes behind its end are ignored. */
  #receive(bytes: Uint8Array): void {
    this.#output = undefined;
    let packet = bytes;
    let offset = 1;
    if (this.#input !== undefined) {
      packet = new Uint8Array(this.#input.length + bytes.length - 1);
      packet.set(this.#input);
      packet.set(bytes.subarray(1), this.#input.length);
      offset = 0;
    }
    if (packet.length - offset < packetLength(byteAt(packet, offset))) {
      this.#input = Uint8Array.from(packet.subarray(offset));
      return;
    }
    this.#input = undefined;
    this.#output = this.#answer(packet, offset);
    this.#pointer = 0;
  }

  #answer(packet: Uint8Array, offset: number): Uint8Array {
    const command = parsePacket(packet, offset);
    if (typeof command === 'number') return statusReply(command);
    if (this.#timed) {
      const end = this.#clock.now() + executionTime(this.#state, command);
      if (end >= this.#watchdogExpiry()) return statusReply(STATUS.WatchdogAboutToExpire);
      this.#busyUntil = end;
    }
    const answer = executePacket(this.#state, command, packet, offset);
    return typeof answer === 'number' ? statusReply(answer) : reply(answer);
  }
}
