import { WORD_ADDRESS } from '../atecc608/index.ts';
import { type Clock, sleep } from '../clock/index.ts';
import { isSame } from '../crypto/index.ts';
import type { I2cWriteResult } from '../i2c/index.ts';

/** The bus as a kit drives it; addresses have 7 bits. */
export interface KitBus {
  /** Of the chips, in the order in which a host discovers them; a chip's address may change. */
  chips(): readonly number[];
  write(address: number, bytes: Uint8Array): I2cWriteResult | Promise<I2cWriteResult>;
  read(address: number, length: number): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** The time on `clock` from which the chip acknowledges; infinite while only a wake pulse helps, undefined without a chip. */
  readyAt(address: number): number | undefined;
  readonly clock: Clock;
}

/** What a chip answered; `nack` when it does not acknowledge, `silent` when it took the command and has no answer. */
export type ChipAnswer = Uint8Array | 'nack' | 'silent' | 'malformed';

const GENERAL_CALL = 0x00;
const WAKE_LENGTH = 4;
/** After a wake, and after a wake whose self test failed (data sheet 1.2). */
const WAKE_ANSWERS = [Uint8Array.of(0x04, 0x11, 0x33, 0x43), Uint8Array.of(0x04, 0x07, 0xc4, 0x40)];

/** How cryptoauthlib polls (data sheet 1.3), which is what a kit's own firmware has under it. */
const POLL_MS = 2;
const POLL_LIMIT_MS = 2500;
/** 20 tries of tWHI, 1.5 ms (data sheet 1.2). */
const WAKE_LIMIT_MS = 30;

/** Status and CRC; and the longest packet of any command (data sheet 1.4). */
const SHORTEST_ANSWER = 4;
const LONGEST_ANSWER = 151;

/** One chip at one address as a kit's firmware talks to it. */
export class ChipLink {
  readonly #bus: KitBus;
  readonly #address: number;

  constructor(bus: KitBus, address: number) {
    this.#bus = bus;
    this.#address = address;
  }

  /** Undefined when the chip does not wake. */
  async wake(): Promise<Uint8Array | undefined> {
    const answer = await this.#pulse();
    if (answer === undefined || isWakeAnswer(answer)) return answer;
    // It was awake: a wake pulse means nothing then, and what was read is of an earlier command. Idle forgets nothing.
    await this.send(WORD_ADDRESS.Idle);
    const again = await this.#pulse();
    return again !== undefined && isWakeAnswer(again) ? again : undefined;
  }

  /** Word address and what follows; false when the chip does not acknowledge. */
  async send(wordAddress: number, packet: Uint8Array = new Uint8Array(0)): Promise<boolean> {
    const { ack } = await this.#bus.write(this.#address, Uint8Array.of(wordAddress, ...packet));
    return ack === 'ack';
  }

  /** Sends a packet, count to CRC, and reads the answer. A chip that sleeps is woken, as ascii_kit_host.c does. */
  async talk(packet: Uint8Array): Promise<ChipAnswer> {
    await this.#untilReady();
    if (!(await this.send(WORD_ADDRESS.Command, packet))) {
      await this.wake();
      if (!(await this.send(WORD_ADDRESS.Command, packet))) return 'nack';
    }
    const [count] = (await this.#read(1, POLL_LIMIT_MS)) ?? [];
    if (count === undefined) return 'silent';
    if (count < SHORTEST_ANSWER || count > LONGEST_ANSWER) return 'malformed';
    const rest = await this.#read(count - 1, POLL_LIMIT_MS);
    return rest === undefined ? 'silent' : Uint8Array.of(count, ...rest);
  }

  async #pulse(): Promise<Uint8Array | undefined> {
    await this.#bus.write(GENERAL_CALL, new Uint8Array(0));
    return this.#read(WAKE_LENGTH, WAKE_LIMIT_MS);
  }

  /** Polls for as long as a host would, but not a chip that is known never to answer. */
  async #read(length: number, patienceMs: number): Promise<Uint8Array | undefined> {
    const { clock } = this.#bus;
    const end = clock.now() + patienceMs;
    for (;;) {
      const mayAnswer = await this.#untilReady();
      const bytes = await this.#bus.read(this.#address, length);
      if (bytes !== undefined || !mayAnswer || clock.now() >= end) return bytes;
      await sleep(clock, POLL_MS);
    }
  }

  /** False at once when the chip will not get ready by waiting. */
  async #untilReady(): Promise<boolean> {
    const readyAt = this.#bus.readyAt(this.#address) ?? Number.POSITIVE_INFINITY;
    if (readyAt === Number.POSITIVE_INFINITY) return false;
    const wait = readyAt - this.#bus.clock.now();
    if (wait > 0) await sleep(this.#bus.clock, wait);
    return true;
  }
}

/** The self test of that wake failed. */
export function isSelfTestFailure(wakeAnswer: Uint8Array): boolean {
  return wakeAnswer[1] === 0x07;
}

function isWakeAnswer(bytes: Uint8Array): boolean {
  return WAKE_ANSWERS.some((answer) => isSame(answer, bytes));
}
