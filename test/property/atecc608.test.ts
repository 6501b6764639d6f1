import fc from 'fast-check';
import { describe, expect, onTestFailed, test } from 'vitest';
import { CONFIG_SIZE, factoryMemory, OPCODE, slotOffset } from '../../emulator/atecc608/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../emulator/crypto/noble.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import {
  changed,
  Host,
  packet,
  SEED_CONFIGURATION,
  SERIAL_NUMBER,
  seedChip,
  slotConfigAt,
} from '../support/atecc608.ts';
import { commandArbitraries } from '../support/atecc608-arbitraries.ts';
import { Audit, type AuditOptions } from '../support/atecc608-audit.ts';
import { filled, zeros } from '../support/atecc608-messages.ts';
import { Secrets } from '../support/atecc608-secrets.ts';
import { playSession, sessions, sessionsOf } from '../support/atecc608-session.ts';
import { Tally } from '../support/atecc608-tally.ts';
import { repetitions } from '../support/size.ts';

/** `CHIP_SEED` repeats a run. */
const seed = Number(process.env.CHIP_SEED ?? Date.now() % 2 ** 31);
const SESSIONS = repetitions(80, 2000);
const BOTH = repetitions(8, 200);
/** No run has needed a third of it. */
const MOST_SESSIONS = 3000;

/** Prints the table where it is wanted, or needed. */
function show(tally: Tally): void {
  if (process.env.CHIP_TALLY) console.log(`${tally}`);
  else onTestFailed(() => console.log(`${tally}`));
}

test('random sessions break no property, and reach every mode', () => {
  console.log(`seed ${seed}`);
  const tally = new Tally();
  const play = fc.property(sessions, (session) => {
    playSession(session, nodeCrypto, tally);
  });
  try {
    fc.assert(play, { seed, numRuns: SESSIONS });
    let more = 0;
    for (const session of sessionsOf(seed)) {
      if (tally.unreached(1).length === 0 || more++ === MOST_SESSIONS) break;
      playSession(session, nodeCrypto, tally);
    }
    expect(tally.unreached(1)).toEqual([]);
  } finally {
    show(tally);
  }
});

test('both back ends answer the same', () => {
  console.log(`seed ${seed}`);
  const tallies = [new Tally(), new Tally()] as const;
  const play = fc.property(fc.noShrink(sessions), (session) => {
    const node = playSession(session, nodeCrypto, tallies[0]);
    expect(playSession(session, nobleCrypto, tallies[1])).toEqual(node);
  });
  fc.assert(play, { seed, numRuns: BOTH });
  expect(tallies[1].toJSON()).toEqual(tallies[0].toJSON());
});

describe('the audit', () => {
  const LOCKS = { config: 87, data: 86, slots: 88 };
  const COUNTERS = 52;

  /** A chip with the original firmware's configuration, a secret in slot 9 and both locks. */
  function audited(options: Partial<AuditOptions> = {}): Audit {
    const memory = factoryMemory({ serialNumber: SERIAL_NUMBER });
    memory.set(changed(SEED_CONFIGURATION, { [slotConfigAt(9)]: 0x808f }), 16);
    memory.set([0x00, 0x00, 0x55, 0x55], 84);
    memory.set(rootRng('a secret').bytes(32), slotOffset(9));
    const [rng, randomness] = [rootRng('audited'), { ...rootRng('line'), fraction: () => 1 }];
    const tally = new Tally();
    const audit = new Audit({
      memory,
      crypto: nodeCrypto,
      rng,
      randomness,
      timed: false,
      failingSelfTests: 0,
      tally,
      ...options,
    });
    for (const mode of [0x80, 0x81]) send(audit, OPCODE.Lock, mode);
    return audit;
  }

  const send = (audit: Audit, opcode: number, param1 = 0, param2 = 0, data = zeros(0)) =>
    audit.send({ kind: 'command', opcode, param1, param2, data });

  test.each([
    ['a lock that opens', LOCKS.config, 0x55],
    ['a data lock that opens', LOCKS.data, 0x55],
    ['a counter that falls', COUNTERS, 0xff],
    ['a locked configuration that changes', 20, 0x00],
    ['a serial number that changes', 0, 0x00],
    ['a slot that changes', slotOffset(3), 0x00],
    ['OTP that changes', CONFIG_SIZE, 0x00],
  ])('notices %s', (_, offset, value) => {
    const audit = audited();
    send(audit, OPCODE.Counter, 1);
    send(audit, OPCODE.Counter, 1);
    audit.memory[offset] = value;
    expect(() => send(audit, OPCODE.Counter, 0)).toThrow(/model|fallen|changed|open|Counter/);
  });

  test('notices a locked slot that changes, by whatever command', () => {
    const audit = audited();
    expect(send(audit, OPCODE.Lock, 0x02 | (8 << 2))).toEqual(zeros(1));
    audit.memory[slotOffset(8)] = 0;
    expect(() => send(audit, OPCODE.Random)).toThrow('locked slot 8 has changed');
  });

  test('notices a refused command that changes something', () => {
    const audit = audited();
    audit.memory[slotOffset(3)] = 0;
    expect(() => send(audit, OPCODE.Sign, 0x80, 3)).toThrow("memory is not the model's");
  });

  test('notices a secret that comes out', () => {
    const audit = audited({ crypto: { ...nodeCrypto, sha256: (first) => first.slice().reverse() } });
    expect(send(audit, OPCODE.MAC, 0x00, 9, filled(0x11))).toHaveLength(32);
    expect(() => audit.finish()).toThrow('came out');
  });

  test('finds a secret in clear, reversed, in part and within other bytes, and no other', () => {
    const secret = rootRng('secret').bytes(32);
    const secrets = new Secrets();
    secrets.add(secret);
    secrets.add(filled(0xff));
    for (const leak of [secret, secret.toReversed(), secret.subarray(3, 11), Uint8Array.of(1, ...secret, 2)]) {
      expect(() => secrets.search([zeros(1), leak])).toThrow('came out');
    }
    secrets.search([secret.subarray(3, 10), filled(0xff), rootRng('other').bytes(64)]);
  });
});

test('no bytes on the bus crash the chip, and every reply is well formed', () => {
  console.log(`seed ${seed}`);
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
  const lock = fc.constantFrom('none' as const, 'config' as const, 'both' as const);
  fc.assert(
    fc.property(fc.array(fc.oneof(bytes, noise, anyPacket, known), { minLength: 10 }), lock, (writes, locked) => {
      const { chip } = seedChip({ lock: locked });
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
        expect(new Host(chip).receive()).toHaveLength(count - 3);
      }
    }),
    { numRuns: repetitions(150, 5000), seed },
  );
});
