import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  Atecc608,
  counterValue,
  decodeConfig,
  factoryMemory,
  OPCODE,
  slotOffset,
  slotSize,
} from '../../emulator/atecc608/index.ts';
import { ManualClock } from '../../emulator/clock/index.ts';
import { type ChipCrypto, nodeCrypto } from '../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../emulator/crypto/noble.ts';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import {
  changed,
  Host,
  hex,
  keyConfigAt,
  packet,
  SEED_CONFIGURATION,
  SERIAL_NUMBER,
  slotConfigAt,
  toHex,
} from '../support/atecc608.ts';
import { type Action, actions, type ChipCommand, commandArbitraries } from '../support/atecc608-arbitraries.ts';
import { mixed } from '../support/atecc608-messages.ts';
import { Tally } from '../support/atecc608-tally.ts';
import { IMPORTED, type Transfer, transfer } from '../support/atecc608-transfers.ts';

/** Bytes 16..127 of the configurations under test. */
const FACTORY = factoryMemory({ serialNumber: SERIAL_NUMBER }).slice(16, 128);
const CONFIGURATIONS = {
  seed: SEED_CONFIGURATION,
  // Slot 0's secrets go out, its uses are limited; ECDH may answer in clear and encrypted; SecureBoot checks too.
  outgoing: changed(SEED_CONFIGURATION, {
    [slotConfigAt(0)]: 0x20a7,
    [slotConfigAt(2)]: 0x6487,
    [slotConfigAt(10)]: 0x2a84,
    70: 0xfb03,
  }),
  // A private key in a long slot and one beside the target of ECDH, a readable slot among the private ones.
  mixed: changed(SEED_CONFIGURATION, {
    [slotConfigAt(9)]: 0x2087,
    [keyConfigAt(9)]: 0x0033,
    [slotConfigAt(1)]: 0x0000,
    [slotConfigAt(3)]: 0x2007,
  }),
  // Slot 2 imports keys under slot 4's; 10 rolls, 12 is made from it with a MAC; SecureBoot checks with slot 15.
  guarded: changed(SEED_CONFIGURATION, {
    [slotConfigAt(2)]: 0x6487,
    [slotConfigAt(10)]: 0x2a84,
    [slotConfigAt(12)]: 0xba84,
    [keyConfigAt(9)]: 0x0abc,
    70: 0xfb03,
  }),
  factory: FACTORY,
};

/** Modes of which the long run must see at least one success. `CHIP_TALLY=1` prints how often it saw which. */
const MODES = [
  ...['00', '01', '02', '03', '04', '06', '07', '42', 'C2'].map((mode) => `SHA ${mode}`),
  ...['00', '01', '03', '40', '80'].map((mode) => `AES ${mode}`),
  ...['10', '14', '20', '30', '34', '40', '44', '48', '4C', '50', '54'].map((mode) => `KDF ${mode}`),
  ...['00', '01'].map((mode) => `Counter ${mode}`),
  ...['00', '02', '05'].map((mode) => `GenDig ${mode}`),
  ...['04', '05', '06'].map((mode) => `MAC ${mode}`),
  ...['00', '02'].map((mode) => `Verify ${mode}`),
  ...['CheckMac 01', 'DeriveKey 00', 'PrivWrite 40', 'Read 82', 'Write 82', 'Write C2'],
  ...['05', '06', '07'].map((mode) => `SecureBoot ${mode}`),
  ...['00', '01', '20', '3B', '3D'].map((mode) => `SelfTest ${mode}`),
];

const LOCKS = ['none', 'config', 'both', 'both', 'both'] as const;

/** Wraps a generator so that the test knows which blocks it gave. */
function recorded(rng: Rng, drawn: Set<string>): Rng {
  return {
    bytes(length) {
      const bytes = rng.bytes(length);
      drawn.add(toHex(bytes));
      return bytes;
    },
    fraction: () => rng.fraction(),
    fork: (...path) => recorded(rng.fork(...path), drawn),
  };
}

/** A chip whose keys the test knows, and everything that it put on the bus. */
class Probe {
  readonly host: Host;
  readonly drawn = new Set<string>();
  /** Every scalar for which the chip computed a point, or that was planted. */
  readonly secrets = new Map<string, Uint8Array>();
  /** All that was read from the chip, as it came and as payloads alone, and what could be decrypted of it. */
  readonly outputs: Uint8Array[] = [];

  constructor(crypto: ChipCrypto, seed: number) {
    const watched: ChipCrypto = {
      ...crypto,
      publicKey: (scalar) => {
        const point = crypto.publicKey(scalar);
        if (point !== undefined) this.secrets.set(toHex(scalar), scalar.slice());
        return point;
      },
    };
    const chip = new Atecc608({
      memory: factoryMemory({ serialNumber: SERIAL_NUMBER }),
      crypto: watched,
      rng: recorded(rootRng(`chip ${seed}`), this.drawn),
      clock: new ManualClock(),
      executionTimes: 'none',
    });
    this.host = new Host(chip);
  }

  get memory(): Uint8Array {
    return this.host.chip.memory;
  }

  /** Puts a key into a private slot behind the chip's back. */
  plant(slot: number): void {
    const scalar = rootRng(`planted ${slot}`).bytes(32);
    this.memory.set(new Uint8Array(4), slotOffset(slot));
    this.memory.set(scalar, slotOffset(slot) + 4);
    this.drawn.add(toHex(scalar));
    this.secrets.set(toHex(scalar), scalar);
  }

  /** Puts a secret into a slot behind the chip's back. */
  plantSecret(slot: number): void {
    const secret = rootRng(`secret ${slot}`).bytes(32);
    this.memory.set(secret, slotOffset(slot));
    this.drawn.add(toHex(secret));
    this.secrets.set(toHex(secret), secret);
  }

  /** The payload of the reply. */
  command({ opcode, param1, param2, data }: ChipCommand): Uint8Array {
    if (opcode === OPCODE.PrivWrite) this.drawn.add(toHex(IMPORTED));
    const payload = this.host.command(opcode, param1, param2, data);
    this.outputs.push(payload);
    if (opcode === OPCODE.ECDH && payload.length === 64) this.outputs.push(decrypt(payload, this.#ioKey()));
    return payload;
  }

  /** Reads all zones, in words and in blocks. */
  sweep(): void {
    for (let slot = 0; slot < 16; slot++) this.#readAll(2, slotSize(slot), (block) => (block << 8) | (slot << 3));
    this.#readAll(0, 128, (block) => block << 3);
    this.#readAll(1, 64, (block) => block << 3);
  }

  #readAll(zone: number, size: number, address: (block: number) => number): void {
    for (let at = 0; at < size; at += 32) {
      const param2 = address(at / 32);
      this.command({ kind: 'command', opcode: OPCODE.Read, param1: 0x80 | zone, param2, data: new Uint8Array(0) });
    }
    for (let at = 0; at < size; at += 4) {
      const param2 = address(Math.floor(at / 32)) | ((at % 32) / 4);
      this.command({ kind: 'command', opcode: OPCODE.Read, param1: zone, param2, data: new Uint8Array(0) });
    }
  }

  /** ECDH with its output encrypted writes no slot, so this is the key that it used. */
  #ioKey(): Uint8Array {
    const offset = slotOffset(decodeConfig(this.memory).chipOptions.ioProtectionKey);
    return this.memory.slice(offset, offset + 32);
  }
}

/** XOR with SHA-256(IO protection key || nonce[0:15]). */
function decrypt(reply: Uint8Array, ioKey: Uint8Array): Uint8Array {
  const pad = createHash('sha256').update(ioKey).update(reply.subarray(32, 48)).digest();
  return Uint8Array.from(reply.subarray(0, 32), (byte, index) => byte ^ (pad[index] as number));
}

function perform(probe: Probe, action: Action, count: (command: ChipCommand, payload: Uint8Array) => void): void {
  const { chip } = probe.host;
  switch (action.kind) {
    case 'command':
      count(action, probe.command(action));
      break;
    case 'transfer':
      performTransfer(probe, action, count);
      break;
    case 'sweep':
      probe.sweep();
      break;
    case 'powerCycle':
      chip.powerCycle();
      break;
    case 'reset':
      chip.generalCall();
      chip.write(Uint8Array.of(0x00));
      probe.outputs.push(chip.read(160) as Uint8Array);
      break;
    default:
      chip.generalCall();
      chip.write(Uint8Array.of(action.kind === 'idle' ? 0x02 : 0x01));
  }
}

/** What a session lets out is the slot that SlotConfig says, encrypted. */
function performTransfer(
  probe: Probe,
  action: Transfer,
  count: (command: ChipCommand, payload: Uint8Array) => void,
): void {
  const result = transfer(probe.memory, action, (command) => {
    const payload = probe.command(command);
    count(command, payload);
    return payload;
  });
  const policy = decodeConfig(probe.memory).slots[action.slot];
  if (action.what !== 'read' || result?.reply.length !== 32 || !policy?.slotConfig.isSecret) return;
  expect(policy.slotConfig.encryptRead && !policy.keyConfig.private).toBe(true);
  expect(decodeConfig(probe.memory).lockValue).toBe(0);
  const at = slotOffset(action.slot);
  expect(toHex(mixed(result.reply, result.sessionKey))).toBe(toHex(probe.memory.subarray(at, at + 32)));
}

/** Configuration, keys in all private slots, data in slot 4, locks. */
function personalise(probe: Probe, configuration: Uint8Array, lock: (typeof LOCKS)[number], plant: boolean): void {
  const { host } = probe;
  host.configure(configuration);
  if (lock === 'none') return;
  host.lockConfig();
  decodeConfig(probe.memory).slots.forEach(({ keyConfig, slotConfig }, slot) => {
    if (plant && !keyConfig.private && slotConfig.isSecret && keyConfig.keyType !== 4) probe.plantSecret(slot);
    if (!keyConfig.private || keyConfig.keyType !== 4) return;
    if (plant) probe.plant(slot);
    else host.command(OPCODE.GenKey, 0x04, slot);
  });
  if (lock === 'both') host.lockData();
}

/** Eight bytes of a key anywhere are a leak; chance alone shows them once in 10^15 runs. */
const WINDOW = 8;

function expectNoLeak({ outputs, secrets }: Probe): void {
  const out = Buffer.concat(outputs);
  for (const secret of secrets.values()) {
    for (const bytes of [secret, secret.toReversed()]) {
      for (let at = 0; at + WINDOW <= bytes.length; at++) {
        if (out.includes(Buffer.from(bytes.subarray(at, at + WINDOW))))
          throw new Error(`bytes of the key ${toHex(secret)} came out`);
      }
    }
  }
}

const scenario = fc.record({
  name: fc.constantFrom(...(Object.keys(CONFIGURATIONS) as (keyof typeof CONFIGURATIONS)[])),
  lock: fc.constantFrom(...LOCKS),
  plant: fc.boolean(),
  seed: fc.nat(),
  actions,
});

describe.each([
  { crypto: nodeCrypto, numRuns: 150 },
  { crypto: nobleCrypto, numRuns: 15 },
])('with $crypto.name', ({ crypto, numRuns }) => {
  test('no private key ever leaves the chip', () => {
    const tally = new Tally();
    let keys = 0;
    fc.assert(
      fc.property(scenario, ({ name, lock, plant, seed, actions }) => {
        const probe = new Probe(crypto, seed);
        personalise(probe, CONFIGURATIONS[name], lock, plant);
        for (const action of actions) perform(probe, action, (command, payload) => tally.count(command, payload));
        probe.sweep();
        // What the search looks for are the generator's own draws, so a copy that was altered first would be missed here.
        for (const secret of probe.secrets.keys()) expect(probe.drawn).toContain(secret);
        keys += probe.secrets.size;
        expectNoLeak(probe);
      }),
      { numRuns, endOnFailure: true },
    );
    expect(keys).toBeGreaterThan(numRuns);
    if (process.env.CHIP_TALLY) console.log(`${crypto.name}\n${tally}`);
    // The short run of the slow back end is not long enough for this.
    if (numRuns < 100) return;
    for (const mode of [...Object.keys(commandArbitraries), ...MODES])
      expect(tally.row(mode).succeeded, `${mode} succeeded`).toBeGreaterThan(0);
    for (const name of Object.keys(commandArbitraries)) {
      expect(tally.row(name).refused.size, `${name} was refused`).toBeGreaterThan(0);
    }
  });
});

test('the search finds a key that does leave, in clear or under the IO protection key', () => {
  const probe = new Probe(nodeCrypto, 1);
  personalise(probe, CONFIGURATIONS.seed, 'both', true);
  expectNoLeak(probe);
  const secret = [...probe.secrets.values()][0] as Uint8Array;
  const reversed = secret.toReversed();
  const ioKey = probe.memory.slice(slotOffset(4), slotOffset(4) + 32);
  const nonce = new Uint8Array(32).fill(7);
  // XOR is its own inverse, so the decryption of a key is its encryption.
  const underIoKey = decrypt(Uint8Array.of(...decrypt(Uint8Array.of(...secret, ...nonce), ioKey), ...nonce), ioKey);
  for (const leak of [secret, reversed, secret.subarray(3, 11), Uint8Array.of(1, ...secret, 2), underIoKey]) {
    expect(() => expectNoLeak({ ...probe, outputs: [hex('00'), leak] } as Probe)).toThrow('came out');
  }
});

test('lock bits never clear, counters never fall, a locked configuration stays as it is', () => {
  fc.assert(
    fc.property(scenario, ({ name, lock, seed, actions }) => {
      const probe = new Probe(nodeCrypto, seed);
      personalise(probe, CONFIGURATIONS[name], lock, true);
      let before = probe.memory.slice(0, 128);
      for (const action of actions) {
        perform(probe, action, () => {});
        if (toHex(before) === toHex(probe.memory.subarray(0, 128))) continue;
        const after = probe.memory.slice(0, 128);
        expectMonotonic(before, after);
        before = after;
      }
    }),
    { numRuns: 100 },
  );
});

test('a refused command changes neither memory nor TempKey', () => {
  fc.assert(
    fc.property(scenario, ({ name, lock, seed, actions }) => {
      const probe = new Probe(nodeCrypto, seed);
      personalise(probe, CONFIGURATIONS[name], lock, true);
      const state = () => toHex(probe.host.command(OPCODE.Info, 2));
      let before = { memory: probe.memory.slice(), state: state() };
      for (const action of actions) {
        perform(probe, action, ({ opcode, param1 }, payload) => {
          const after = { memory: probe.memory.slice(), state: state() };
          const what = `${opcode.toString(16)} ${param1.toString(16)}`;
          const status = payload.length === 1 ? payload[0] : 0;
          if (status === 0x03 || status === 0x0f) expect(after.state, what).toBe(before.state);
          // A wrong MAC or signature is counted as a use of its key.
          if (status === 0x01) after.memory.set(before.memory.subarray(52, 60), 52);
          if (status !== 0) expect(Buffer.compare(after.memory, before.memory), what).toBe(0);
          before = { memory: probe.memory.slice(), state: after.state };
        });
        before = { memory: probe.memory.slice(), state: state() };
      }
    }),
    { numRuns: 50 },
  );
});

/** What Lock, UpdateExtra, Counter and LimitedUse change in a locked configuration. */
const MUTABLE = new Set([...Array.from({ length: 16 }, (_, index) => 52 + index), 84, 85, 86, 88, 89]);

function expectMonotonic(beforeBytes: Uint8Array, afterBytes: Uint8Array): void {
  const final = (_: number, offset: number) => offset < 16 || (beforeBytes[87] === 0 && !MUTABLE.has(offset));
  expect(afterBytes.filter(final)).toEqual(beforeBytes.filter(final));
  const before = decodeConfig(beforeBytes);
  const after = decodeConfig(afterBytes);
  if (before.lockValue === 0) expect(after.lockValue).toBe(0);
  if (before.lockConfig !== 0) return;
  const thawed = before.slots.some(({ locked }, slot) => locked && !after.slots[slot]?.locked);
  expect(thawed, 'a locked slot is unlocked').toBe(false);
  before.counters.forEach((counter, index) => {
    const now = after.counters[index];
    expect(now && counterValue(now)).toBeGreaterThanOrEqual(counterValue(counter));
  });
}

test('no bytes on the bus crash the chip, and every reply is well formed', () => {
  const anyPacket = fc
    .tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ minLength: 3, maxLength: 144 }))
    .map(([opcode, rest]) =>
      Uint8Array.of(
        0x03,
        ...packet(opcode, rest[0], (rest[1] as number) | ((rest[2] as number) << 8), rest.subarray(3)),
      ),
    );
  const known = fc
    .oneof(...Object.values(commandArbitraries))
    .map(({ opcode, param1, param2, data }) => Uint8Array.of(0x03, ...packet(opcode, param1, param2, data)));
  const bytes = fc.uint8Array({ maxLength: 160 });
  const noise = bytes.map((tail) => Uint8Array.of(0x03, ...tail));
  const lock = fc.constantFrom(...LOCKS);
  fc.assert(
    fc.property(fc.array(fc.oneof(bytes, noise, anyPacket, known), { minLength: 10 }), lock, (writes, locked) => {
      const probe = new Probe(nodeCrypto, 1);
      personalise(probe, CONFIGURATIONS.seed, locked, true);
      const { chip } = probe.host;
      for (const write of writes) {
        chip.generalCall();
        chip.write(write);
        chip.generalCall();
        chip.write(Uint8Array.of(0x00));
        const raw = chip.read(200) as Uint8Array;
        // Nothing to read, or a packet and then the idle bus.
        if (raw.every((byte) => byte === 0xff)) continue;
        const count = raw[0] as number;
        expect(count).toBeGreaterThanOrEqual(4);
        expect(count).toBeLessThanOrEqual(102);
        expect(raw.subarray(count).every((byte) => byte === 0xff)).toBe(true);
        chip.write(Uint8Array.of(0x00));
        expect(probe.host.receive()).toHaveLength(count - 3);
      }
    }),
    { numRuns: 150 },
  );
});
