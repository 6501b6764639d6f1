import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { decodeConfig, OPCODE, STATUS, slotOffset, slotSize } from '../../emulator/atecc608/index.ts';
import type { ChipCrypto } from '../../emulator/crypto/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import { hex, packet, toHex } from './atecc608.ts';
import type { ChipCommand } from './atecc608-arbitraries.ts';
import { labelsOf } from './atecc608-labels.ts';
import { MAKER } from './atecc608-maker.ts';
import { mixed, sha256, zeros } from './atecc608-messages.ts';
import { Model } from './atecc608-model.ts';
import { MODES } from './atecc608-modes.ts';
import { expectMonotonic } from './atecc608-monotonic.ts';
import { Secrets } from './atecc608-secrets.ts';
import { statusOf, type Tally } from './atecc608-tally.ts';
import { Wire } from './atecc608-wire.ts';

export interface AuditOptions {
  readonly memory: Uint8Array;
  readonly crypto: ChipCrypto;
  /** The chip's. */
  readonly rng: Rng;
  /** Decides which packets come with a wrong CRC, or too late. */
  readonly randomness: Rng;
  readonly timed: boolean;
  readonly failingSelfTests: number;
  readonly tally: Tally;
}

const refusalsOf = new Map(MODES.map(({ label, refusals }) => [label, refusals]));
const statuses: readonly number[] = Object.values(STATUS);

const LOCK_CONFIG = 87;
const WRONG_CRC = 0.01;
const TOO_LATE = 0.05;

/** P-256's base point, SEC 2 2.4.2. */
const GENERATOR = hex(`6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296
  4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5`);

/** A slot that holds it may become a private one while the configuration is open; it is no secret for that. */
const MAKER_X = toHex(MAKER.subarray(0, 32));

const command = (opcode: number, param1: number, param2 = 0, data = zeros(0)): ChipCommand => ({
  kind: 'command',
  opcode,
  param1,
  param2,
  data,
});
const STATE = command(OPCODE.Info, 2);
const LATCH = command(OPCODE.Info, 4);
const END_SHA = command(OPCODE.SHA, 0xc2);
/** HKDF's one HMAC of a byte, put out. */
const HMAC_OF_ALTERNATE_KEY = command(OPCODE.KDF, 0x53, 0, Uint8Array.of(2, 0, 0, 1, 0));
const VERIFY_BUFFER = command(OPCODE.Verify, 0x22, 4, Uint8Array.from([...zeros(64), ...GENERATOR]));

/** A chip under watch: every command that goes through `send` is held to the properties that no command may break. */
export class Audit {
  readonly secrets = new Secrets();
  /** Scalars that the chip computed with, and where a scalar may come from: its generator's draws, or this test. */
  readonly #scalars = new Map<string, Uint8Array>();
  readonly #known = new Set<string>();
  readonly #wire: Wire;
  readonly #model: Model;
  readonly #tally: Tally;
  readonly #randomness: Rng;
  readonly #outputs: Uint8Array[] = [];
  readonly #digest = createHash('sha256');
  #before: Uint8Array;
  #state = zeros(0);
  commands = 0;

  constructor({ crypto, rng, randomness, tally, failingSelfTests, ...options }: AuditOptions) {
    this.#wire = new Wire({ ...options, failingSelfTests, crypto: this.#watched(crypto), rng: this.#recorded(rng) });
    this.#model = new Model(options.memory, failingSelfTests);
    this.#tally = tally;
    this.#randomness = randomness;
    this.#before = this.memory.slice();
  }

  get memory(): Uint8Array {
    return this.#wire.chip.memory;
  }

  /** The payload of the reply. */
  send(command: ChipCommand): Uint8Array {
    if (command.opcode === OPCODE.PrivWrite) this.expect(command.data.subarray(4, 36));
    this.#wake();
    const bytes = packet(command.opcode, command.param1, command.param2, command.data);
    const garbled = this.#randomness.fraction() < WRONG_CRC;
    const late = this.#randomness.fraction() < TOO_LATE && this.#wire.approachWatchdog();
    if (garbled) bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
    const payload = this.#wire.exchange(bytes);
    const status = statusOf(command, payload);
    this.commands++;
    this.#tally.count(command, payload, this.#before);
    this.#record(payload);
    this.#expectKnown(command, status);
    if (garbled) assert.equal(status, STATUS.CrcError, 'a wrong CRC');
    else if (late)
      assert.ok(status === STATUS.WatchdogAboutToExpire || status === STATUS.ParseError, 'no time is left');
    if (status !== STATUS.CrcError && status !== STATUS.WatchdogAboutToExpire) this.#compare(command, status, payload);
    this.#expectUnchanged(command, status);
    if (this.#before[LOCK_CONFIG] !== 0 && this.memory[LOCK_CONFIG] === 0) this.#guardSlots();
    this.#before = this.memory.slice();
    if (command.opcode === OPCODE.ECDH && payload.length === 64) this.#outputs.push(this.#decrypted(payload));
    return payload;
  }

  /** A scalar that comes from outside. */
  expect(scalar: Uint8Array): void {
    this.#known.add(toHex(scalar));
  }

  idle(): void {
    this.#wire.idle();
  }

  reset(): void {
    this.#outputs.push(this.#wire.rereads());
  }

  sleep(how: 'sleep' | 'expireWatchdog' | 'powerCycle'): void {
    this.#wake();
    this.#wire[how]();
    this.#model.sleep();
    this.#expectForgotten(how === 'powerCycle');
  }

  /** Nothing secret has come out until now; answers a digest of all that did, and of what is left in memory. */
  finish(): string {
    if (this.memory[LOCK_CONFIG] !== 0) this.#guardSlots();
    for (const [text, scalar] of this.#scalars) {
      if (text === MAKER_X) continue;
      // What the search looks for are the bytes themselves, so a copy that was altered first would be missed here.
      assert.ok(this.#known.has(text), 'a private key that nobody drew');
      this.secrets.add(scalar);
    }
    this.secrets.search(this.#outputs);
    return this.#digest.update(this.memory).digest('hex');
  }

  /** What the secret slots hold when the rules become final; until then no slot is read or written at all. */
  #guardSlots(): void {
    decodeConfig(this.memory).slots.forEach(({ slotConfig, keyConfig }, slot) => {
      const bytes = this.memory.slice(slotOffset(slot), slotOffset(slot) + slotSize(slot));
      if (keyConfig.private) this.expect(bytes.subarray(4, 36));
      const isPublic = toHex(bytes).includes(MAKER_X);
      if ((slotConfig.isSecret || keyConfig.private) && !isPublic) this.secrets.add(bytes);
    });
  }

  #wake(): void {
    if (this.#wire.wake()) this.#model.wake();
  }

  #ask(question: ChipCommand): Uint8Array {
    this.#wake();
    const payload = this.#wire.exchange(packet(question.opcode, question.param1, question.param2, question.data));
    this.#record(payload);
    return payload;
  }

  #record(payload: Uint8Array): void {
    this.#outputs.push(payload);
    this.#digest.update(payload);
  }

  /** Every refusal is a status that exists, and of a mode in the table one of its own. */
  #expectKnown(command: ChipCommand, status: number): void {
    if (status === 0) return;
    assert.ok(statuses.includes(status), `status ${status}`);
    for (const label of labelsOf(command, this.#before)) {
      const refusals = refusalsOf.get(label);
      assert.ok(refusals === undefined || refusals.has(status), `${label} refused with ${status.toString(16)}`);
    }
  }

  /** The model foretells the answer and the memory, or takes over what slots and counters have become. */
  #compare(command: ChipCommand, status: number, payload: Uint8Array): void {
    const expected = this.#model.answer(command);
    const what = `${labelsOf(command, this.#before).at(-1)} ${command.param2.toString(16)} ${toHex(command.data)}`;
    if (expected !== undefined) assert.equal(toHex(payload), toHex(expected), what);
    const isForeign = expected === undefined || command.opcode === OPCODE.Counter;
    if (isForeign) this.#model.follow(command, status === 0, this.memory);
    if (command.opcode === OPCODE.Counter && status === 0) {
      const value = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
      assert.equal(this.#model.counter(command.param2), value, what);
    }
    assert.ok(Buffer.from(this.#model.memory).equals(this.memory), `${what}: the memory is not the model's`);
  }

  /** What a refused command leaves as it was: all memory, TempKey's flags and the authorisation. */
  #expectUnchanged(command: ChipCommand, status: number): void {
    const { memory } = this;
    const before = this.#before;
    const old = this.#state;
    this.#state = this.#ask(STATE);
    const what = `${labelsOf(command, before).at(-1)} refused with ${status.toString(16)}`;
    const changed = !Buffer.from(before).equals(memory);
    if (changed) expectMonotonic(before, memory);
    if (changed && status !== 0) {
      // A wrong MAC or signature counts as a use of its key.
      assert.equal(status, STATUS.Miscompare, `${what} has changed the memory`);
      const without = (bytes: Uint8Array) => Buffer.concat([bytes.subarray(0, 52), bytes.subarray(60)]);
      assert.ok(without(memory).equals(without(before)), `${what} has changed more than counter 0`);
    }
    const consumes = status === 0 || status === STATUS.Miscompare || status === STATUS.EccFault;
    // In the failed state Info says nothing.
    const tells = old.length === 4 && this.#state.length === 4;
    if (!consumes && tells) assert.equal(toHex(this.#state), toHex(old), `${what} has changed TempKey`);
  }

  /** Sleep takes TempKey, the authorisation, both buffers and the SHA context; only the power takes the latch. */
  #expectForgotten(withoutPower: boolean): void {
    this.#state = this.#ask(STATE);
    assert.ok(this.#state.length === 1 || toHex(this.#state) === '00000000', 'TempKey or authorisation after sleep');
    for (const question of [END_SHA, HMAC_OF_ALTERNATE_KEY, VERIFY_BUFFER]) {
      const answer = this.#ask(question);
      assert.ok(
        answer.length === 1 && (answer[0] as number) > 1,
        `opcode ${question.opcode} finds something after sleep`,
      );
    }
    const latch = this.#ask(LATCH);
    if (withoutPower && latch.length === 4) assert.equal(latch[0], 0, 'the latch without power');
  }

  #decrypted(reply: Uint8Array): Uint8Array {
    const at = slotOffset(decodeConfig(this.memory).chipOptions.ioProtectionKey);
    return mixed(reply.subarray(0, 32), sha256(this.memory.subarray(at, at + 32), reply.subarray(32, 48)));
  }

  #watched(crypto: ChipCrypto): ChipCrypto {
    return {
      ...crypto,
      publicKey: (scalar) => {
        const point = crypto.publicKey(scalar);
        if (point !== undefined) this.#scalars.set(toHex(scalar), scalar.slice());
        return point;
      },
    };
  }

  #recorded(rng: Rng): Rng {
    return {
      bytes: (length) => {
        const bytes = rng.bytes(length);
        this.#known.add(toHex(bytes));
        return bytes;
      },
      fraction: () => rng.fraction(),
      fork: (...path) => this.#recorded(rng.fork(...path)),
    };
  }
}
