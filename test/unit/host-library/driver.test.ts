import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ManualClock, TaskClock, type Time } from '../../../emulator/clock/index.ts';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import { agrees } from '../../../emulator/host-library/calculations/agrees.ts';
import { AteccDriver, bootSequence, chipKeys } from '../../../emulator/host-library/index.ts';
import {
  ADDRESS_NACK,
  I2cBus,
  type I2cTarget,
  type I2cWriteResult,
  i2cController,
  settled,
} from '../../../emulator/i2c/index.ts';
import { reply, ScriptedChip } from './scripted-chip.ts';

const ADDRESS = 0x60;
/** So fast that only the driver's own delays take time. */
const INSTANT_BUS_HZ = 1e12;

function driverOf(chip: I2cTarget, clock = new TaskClock(new ManualClock())): AteccDriver {
  return new AteccDriver(i2cController(new I2cBus().attach(ADDRESS, chip), clock, 'fast'));
}

function patternOf(length: number, first = 0): number[] {
  return Array.from({ length }, (_, i) => (first + i) & 0xff);
}

describe('a command on the bus', () => {
  it('is wake, send, count byte, rest, idle', () => {
    const chip = new ScriptedChip(reply(0x00, 0x00, 0x60, 0x02));
    expect(driverOf(chip).info()).toEqual(Uint8Array.of(0x00, 0x00, 0x60, 0x02));
    expect(chip.traffic).toEqual(['wake ', 'R 4', 'W 030730000000035d', 'R 1 +', 'R 6', 'W 02']);
  });

  it('carries param2 low byte first and its data before the CRC', () => {
    const chip = new ScriptedChip(reply(0x00));
    driverOf(chip).write('data', 0x0258, Uint8Array.from(patternOf(32)));
    const frame = Buffer.from(chip.frames[0] ?? []).toString('hex');
    expect(frame.slice(0, 12)).toBe('032712825802');
    expect(frame.slice(12, 76)).toBe(Buffer.from(patternOf(32)).toString('hex'));
    expect(chip.frames[0]).toHaveLength(1 + 0x27);
  });

  it.each([
    ['config', 0x15, 4, 0x00],
    ['config', 0x18, 32, 0x80],
    ['otp', 0x00, 32, 0x81],
    ['data', 0x0250, 4, 0x02],
    ['data', 0x0150, 32, 0x82],
  ] as const)('reads %s %i in %i bytes with mode %i', (zone, address, length, mode) => {
    const chip = new ScriptedChip(reply(...patternOf(length)));
    expect(driverOf(chip).read(zone, address, length)).toEqual(Uint8Array.from(patternOf(length)));
    expect([...(chip.frames[0] ?? [])].slice(2, 6)).toEqual([0x02, mode, address & 0xff, address >> 8]);
  });

  it('counts what the chip answered', () => {
    const driver = driverOf(new ScriptedChip(reply(...patternOf(32)), reply(0x0f)));
    driver.random();
    expect(() => driver.lock(0x80)).toThrow();
    expect(driver.commands).toBe(2);
  });
});

describe('what goes wrong', () => {
  it('hands a status back as data from execute', () => {
    expect(driverOf(new ScriptedChip(reply(0x03))).execute(0x30, 9, 0)).toEqual(Uint8Array.of(0x03));
  });

  it.each([
    [0.5, 0, 0, 'param1 is from 0 to 255'],
    [Number.NaN, 0, 0, 'param1 is from 0 to 255'],
    [0, -1, 0, 'param2 is from 0 to 65535'],
    [0, 1.5, 0, 'param2 is from 0 to 65535'],
    [0x100, 0, 0, 'param1 is from 0 to 255'],
    [-1, 0, 0, 'param1 is from 0 to 255'],
    [0, 0x1_0000, 0, 'param2 is from 0 to 65535'],
    [0, 0, 145, 'a packet has at most 144 bytes of data'],
  ])('sends nothing that no packet holds: %i, %i, %i bytes', (param1, param2, length, message) => {
    const chip = new ScriptedChip(reply(0x00));
    expect(() => driverOf(chip).execute(0x30, param1, param2, new Uint8Array(length))).toThrow(
      expect.objectContaining({
        code: 'EMU_E_CHIP_PACKET',
        message,
      }),
    );
    expect(chip.traffic).toEqual([]);
  });

  // Count, opcode, param1, param2 (2), 144 bytes of data, CRC (2): 151 bytes, the longest packet there is.
  it('sends the most that a packet holds', () => {
    const chip = new ScriptedChip(reply(0x00));
    driverOf(chip).execute(0x30, 0xff, 0xffff, new Uint8Array(144).fill(0x5a));
    expect(chip.frames[0]).toHaveLength(1 + 151);
    expect([...(chip.frames[0] ?? [])].slice(0, 7)).toEqual([0x03, 151, 0x30, 0xff, 0xff, 0xff, 0x5a]);
  });

  it.each([5, 6])('refuses a reply whose CRC is wrong in byte %i', (at) => {
    const broken = reply(0x00, 0x00, 0x60, 0x02);
    broken[at] = (broken[at] ?? 0) ^ 0x80;
    expect(() => driverOf(new ScriptedChip(broken)).info()).toThrow(
      expect.objectContaining({ code: 'EMU_E_CHIP_REPLY', message: 'the reply to Info has a wrong CRC' }),
    );
  });

  it('takes the CRC over the count too', () => {
    const other = reply(0x00, 0x00, 0x60, 0x02, 0x00);
    expect(() => driverOf(new ScriptedChip(Uint8Array.of(7, ...other.subarray(1, 5), 0, 0))).info()).toThrow(
      expect.objectContaining({ code: 'EMU_E_CHIP_REPLY' }),
    );
  });

  it.each([
    [Uint8Array.of(0x04, 0x11, 0x33, 0x42)],
    [Uint8Array.of(0x04, 0x11, 0x32, 0x43)],
    [Uint8Array.of(0x05, 0x11, 0x33, 0x43)],
    [Uint8Array.of(0xff, 0xff, 0xff, 0xff)],
  ])('takes no other greeting than 04 11 33 43: %s', (greeting) => {
    const chip = new ScriptedChip(reply(0, 0, 0x60, 2));
    chip.greeting = greeting;
    expect(() => driverOf(chip).info()).toThrow(expect.objectContaining({ code: 'EMU_E_CHIP_WAKE' }));
    expect(chip.frames).toEqual([]);
  });

  // What stays inside has no reply but status 00; in clear 32 bytes, under the IO protection key 64.
  it.each([
    [0x00, 32],
    [0x02, 64],
    [0x04, 0],
    [0x08, 0],
    [0x0c, 32],
    [0x0d, 32],
    [0x0e, 64],
    [0x0f, 64],
    [0x06, 0],
  ])('expects of ECDH in mode %i %i bytes', (mode, length) => {
    const answer = (size: number) => (size === 0 ? reply(0x00) : reply(...patternOf(size)));
    for (const size of [0, 32, 64]) {
      const asked = () => driverOf(new ScriptedChip(answer(size))).ecdh(mode, 0, new Uint8Array(64));
      if (size === length) expect(asked()).toHaveLength(length);
      else
        expect(asked).toThrow(expect.objectContaining({ code: expect.stringMatching(/^EMU_E_CHIP_(REPLY|STATUS)$/) }));
    }
  });

  it('names command and status when a method is refused', () => {
    expect(() => driverOf(new ScriptedChip(reply(0x0f))).genKey(0x00, 5)).toThrow(
      expect.objectContaining({
        code: 'EMU_E_CHIP_STATUS',
        value: { command: 'GenKey', status: 0x0f },
      }),
    );
  });

  it('does not take status 00 for the data of a Read', () => {
    expect(() => driverOf(new ScriptedChip(reply(0x00))).random()).toThrow(
      expect.objectContaining({
        code: 'EMU_E_CHIP_STATUS',
        value: { command: 'Random', status: 0 },
      }),
    );
  });

  it('refuses a reply with a wrong CRC and still idles the chip', () => {
    const broken = reply(0x00, 0x00, 0x60, 0x02);
    broken[6] = (broken[6] ?? 0) ^ 1;
    const chip = new ScriptedChip(broken);
    expect(() => driverOf(chip).info()).toThrow(expect.objectContaining({ code: 'EMU_E_CHIP_REPLY' }));
    expect(chip.traffic.at(-1)).toBe('W 02');
  });

  it('refuses a count below 4 and a reply of another length than the command has', () => {
    expect(() => driverOf(new ScriptedChip(Uint8Array.of(3, 0, 0))).info()).toThrow(
      expect.objectContaining({
        code: 'EMU_E_CHIP_REPLY',
        value: 3,
      }),
    );
    expect(() => driverOf(new ScriptedChip(reply(...patternOf(31)))).random()).toThrow(
      expect.objectContaining({
        code: 'EMU_E_CHIP_REPLY',
      }),
    );
  });

  it('says that the chip did not wake', () => {
    const failing = new ScriptedChip();
    failing.greeting = Uint8Array.of(0x04, 0x07, 0xc4, 0x40);
    expect(() => driverOf(failing).info()).toThrow(expect.objectContaining({ code: 'EMU_E_CHIP_WAKE' }));
    const nobody = new AteccDriver(i2cController(new I2cBus(), new TaskClock(new ManualClock()), 'fast'));
    expect(() => nobody.info()).toThrow(expect.objectContaining({ code: 'EMU_E_CHIP_WAKE', value: undefined }));
  });

  it('says that the chip did not take a command, and sends it to idle', () => {
    /** Wakes, and takes no frame of a command. */
    class Deaf extends ScriptedChip {
      override write(bytes: Uint8Array): I2cWriteResult {
        const result = super.write(bytes);
        return bytes[0] === 0x03 ? ADDRESS_NACK : result;
      }
    }
    const chip = new Deaf();
    expect(() => driverOf(chip).info()).toThrow(
      expect.objectContaining({
        code: 'EMU_E_CHIP_BUS',
        message: 'the chip did not acknowledge Info',
      }),
    );
    expect(chip.traffic.at(-1)).toBe('W 02');
  });

  it('gives up after 1 + 1250 polls', () => {
    const chip = new ScriptedChip(reply(0x00));
    chip.busyReads = Number.POSITIVE_INFINITY;
    expect(() => driverOf(chip).info()).toThrow(expect.objectContaining({ code: 'EMU_E_CHIP_TIMEOUT' }));
    expect(chip.traffic.filter((line) => line === 'R 1 + NACK')).toHaveLength(1251);
  });
});

describe('a command that compares', () => {
  const ask = (chip: ScriptedChip, length = 0) => agrees(driverOf(chip), 0x28, 0, 0, new Uint8Array(0), length);

  it('agrees with status 00 or its bytes, disagrees with status 01, and is refused by any other', () => {
    expect(ask(new ScriptedChip(reply(0x00)))).toEqual(new Uint8Array(0));
    expect(ask(new ScriptedChip(reply(...patternOf(32))), 32)).toEqual(Uint8Array.from(patternOf(32)));
    expect(ask(new ScriptedChip(reply(0x01)))).toBeUndefined();
    expect(ask(new ScriptedChip(reply(0x01)), 32)).toBeUndefined();
    for (const status of [0x03, 0x05, 0x07, 0x08, 0x0f, 0x11, 0xee, 0xff]) {
      expect(() => ask(new ScriptedChip(reply(status)))).toThrow(
        expect.objectContaining({ code: 'EMU_E_CHIP_STATUS', value: { command: 'CheckMac', status } }),
      );
    }
  });

  it('does not take a chip that is silent for one that disagrees', () => {
    const deaf = new ScriptedChip(reply(0x00));
    deaf.greeting = Uint8Array.of(1, 1, 1, 1);
    expect(() => ask(deaf)).toThrow(expect.objectContaining({ code: 'EMU_E_CHIP_WAKE' }));
    const nobody = new AteccDriver(i2cController(new I2cBus(), new TaskClock(new ManualClock()), 'fast'));
    expect(() => agrees(nobody, 0x28, 0, 0, new Uint8Array(0))).toThrow(
      expect.objectContaining({ code: 'EMU_E_CHIP_WAKE' }),
    );
    expect(() => ask(new ScriptedChip(Uint8Array.of(4, 1, 0, 0)))).toThrow(
      expect.objectContaining({ code: 'EMU_E_CHIP_REPLY' }),
    );
  });
});

describe('time', () => {
  /** How long an Info takes in hardware pace, and how many polls were not acknowledged. */
  async function timed(chip: ScriptedChip): Promise<{ ms: number; nacks: number }> {
    const clock = new ManualClock();
    const bus = new I2cBus().attach(ADDRESS, chip);
    const controller = i2cController(bus, new TaskClock(clock), 'hardware', INSTANT_BUS_HZ);
    let end = Number.NaN;
    const done = settled(controller, () => new AteccDriver(controller).info()).then(() => {
      end = clock.now();
    });
    await clock.advance(5000);
    await done;
    return { ms: end, nacks: chip.traffic.filter((line) => line === 'R 1 + NACK').length };
  }

  it('waits 10 ms after the wake pulse, 1 ms for the first poll and 2 ms for each other', async () => {
    const chip = new ScriptedChip(reply(0, 0, 0x60, 2));
    chip.busyReads = 3;
    const { ms, nacks } = await timed(chip);
    expect(ms).toBeCloseTo(10 + 1 + 3 * 2, 3);
    expect(nacks).toBe(3);
  });

  it('sleeps straight to the first poll at which the chip is ready', async () => {
    class Slow extends ScriptedChip {
      readyAt = () => 10 + 22.5;
    }
    const { ms, nacks } = await timed(new Slow(reply(0, 0, 0x60, 2)));
    expect(ms).toBeCloseTo(10 + 23, 3);
    expect(nacks).toBe(0);
  });

  it('gives up at the same moment whether it polls or knows better', async () => {
    class Never extends ScriptedChip {
      readyAt = () => Number.POSITIVE_INFINITY;
    }
    for (const chip of [new Never(), new ScriptedChip()]) {
      chip.busyReads = Number.POSITIVE_INFINITY;
      const task = new TaskClock(new ManualClock());
      const controller = i2cController(new I2cBus().attach(ADDRESS, chip), task, 'hardware', INSTANT_BUS_HZ);
      expect(() => new AteccDriver(controller).info()).toThrow(expect.objectContaining({ code: 'EMU_E_CHIP_TIMEOUT' }));
      // Wake, the first poll, and 1251 times two more milliseconds.
      expect(task.now()).toBeCloseTo(10 + 1 + 1251 * 2, 3);
    }
  });

  it('misses no poll by the rounding of its sums', () => {
    /** Executes in 115 ms, on the clock of its host. */
    class Timed extends ScriptedChip {
      sentAt = Number.NEGATIVE_INFINITY;
      polledAt = 0;
      readonly #clock: Time;

      constructor(clock: Time) {
        super(reply(0, 0, 0x60, 2));
        this.#clock = clock;
      }

      override write(bytes: Uint8Array) {
        if (bytes[0] === 0x03) this.sentAt = this.#clock.now();
        return super.write(bytes);
      }

      override read(length: number, stop: boolean) {
        if (this.#clock.now() < this.readyAt()) return undefined;
        if (length === 1) this.polledAt = this.#clock.now();
        return super.read(length, stop);
      }

      readyAt = () => this.sentAt + 115;
    }
    const polledAfter = new Set<string>();
    for (let i = 0; i < 300; i++) {
      const task = new TaskClock(new ManualClock());
      task.spend(i / 7);
      const chip = new Timed(task);
      const controller = i2cController(new I2cBus().attach(ADDRESS, chip), task, 'hardware', INSTANT_BUS_HZ);
      new AteccDriver(controller).info();
      polledAfter.add((chip.polledAt - chip.sentAt).toFixed(3));
    }
    expect([...polledAfter]).toEqual(['115.000']);
  });

  it('takes none in fast pace', () => {
    const driver = driverOf(new ScriptedChip(reply(0, 0, 0x60, 2)));
    driver.info();
    expect(driver.i2c.clock.now()).toBe(0);
    expect(driver.i2c.settle()).toBeUndefined();
  });
});

describe('flows', () => {
  it('boots with the eight commands of the firmware', () => {
    const block = (first: number) => reply(...patternOf(32, first));
    const chip = new ScriptedChip(
      block(0),
      reply(...patternOf(32, 100)),
      block(0),
      reply(0x00, 0x00, 0x60, 0x02),
      ...[0, 32, 64, 96].map(block),
    );
    const report = bootSequence(driverOf(chip));
    expect(chip.frames.map((frame) => Buffer.from(frame.subarray(2, 6)).toString('hex'))).toEqual([
      '02800000',
      '1b000000',
      '02800000',
      '30000000',
      '02800000',
      '02800800',
      '02801000',
      '02801800',
    ]);
    expect(report).toEqual({
      random: Uint8Array.from(patternOf(32, 100)),
      serialNumber: Uint8Array.of(0, 1, 2, 3, 8, 9, 10, 11, 12),
      revision: Uint8Array.of(0, 0, 0x60, 2),
      configZone: Uint8Array.from(patternOf(128)),
    });
  });

  it('Quirk: a new IO protection key for every handshake, written in clear', async () => {
    const ioKey = patternOf(32, 7);
    const nonce = patternOf(32, 50);
    const secret = patternOf(32, 200);
    const mask = createHash('sha256')
      .update(Uint8Array.from(ioKey))
      .update(Uint8Array.from(nonce.slice(0, 16)))
      .digest();
    const encrypted = secret.map((byte, i) => byte ^ (mask[i] ?? 0));
    const chip = new ScriptedChip(reply(...ioKey), reply(0x00), reply(...encrypted, ...nonce));
    const keys = chipKeys(driverOf(chip), { deviceKeySlot: 0, ioProtectionSlot: 4 }, nodeCrypto);
    const peer = Uint8Array.from(patternOf(64, 1));
    expect(await keys.agree(peer)).toEqual(Uint8Array.from(secret));
    const [random, write, ecdh] = chip.frames.map((frame) => Buffer.from(frame.subarray(1, -2)).toString('hex'));
    expect(random).toBe('071b000000');
    expect(write).toBe(`2712822000${Buffer.from(ioKey).toString('hex')}`);
    expect(ecdh).toBe(`47430f0000${Buffer.from(peer).toString('hex')}`);
  });

  it('signs through the Message Digest Buffer with the key of its slot', async () => {
    const signature = patternOf(64, 3);
    const chip = new ScriptedChip(reply(...patternOf(32)), reply(0x00), reply(...signature));
    const keys = chipKeys(driverOf(chip), { deviceKeySlot: 2, ioProtectionSlot: 4 }, nodeCrypto);
    const digest = Uint8Array.from(patternOf(32, 9));
    expect(await keys.sign(digest)).toEqual(Uint8Array.from(signature));
    expect(chip.frames.map((frame) => Buffer.from(frame.subarray(1, -2)).toString('hex'))).toEqual([
      '071b000000',
      `2716430000${Buffer.from(digest).toString('hex')}`,
      '0741a00200',
    ]);
  });
});
