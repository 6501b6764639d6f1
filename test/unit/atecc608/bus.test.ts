import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
import { Host, hex, makeChip, packet, seedChip, toHex } from '../../support/atecc608.ts';

const INFO = packet(0x30);
const INFO_REPLY = '07 00006002 8038';
const AWAKE = '04113343';
const ADDRESS_NACK = { ack: 'address-nack' };
const ACK = { ack: 'ack' };

const send = (bytes: Uint8Array) => Uint8Array.of(0x03, ...bytes);
const RESET = Uint8Array.of(0x00);
const SLEEP = Uint8Array.of(0x01);
const IDLE = Uint8Array.of(0x02);

function awake() {
  const chip = makeChip();
  chip.generalCall();
  return chip;
}

const read = (chip: ReturnType<typeof makeChip>, length: number) => {
  const bytes = chip.read(length);
  return bytes === undefined ? 'NACK' : toHex(bytes);
};

describe('waking', () => {
  test('a chip sleeps after power-up and acknowledges nothing before a wake pulse', () => {
    const chip = makeChip();
    expect(chip.write(send(INFO))).toEqual(ADDRESS_NACK);
    expect(chip.read(4)).toBeUndefined();
    expect(chip.readyAt()).toBe(Number.POSITIVE_INFINITY);
    chip.generalCall();
    expect(read(chip, 4)).toBe(AWAKE);
  });

  test('a wake pulse while awake leaves the output as it is', () => {
    const chip = awake();
    chip.write(send(INFO));
    chip.generalCall();
    expect(read(chip, 7)).toBe(INFO_REPLY.replaceAll(' ', ''));
  });

  test('an idle or sleeping chip acknowledges nothing, sleep included', () => {
    for (const word of [IDLE, SLEEP]) {
      const chip = awake();
      expect(chip.write(word)).toEqual(ACK);
      expect(chip.write(SLEEP)).toEqual(ADDRESS_NACK);
      expect(chip.write(new Uint8Array(0))).toEqual(ADDRESS_NACK);
      expect(chip.read(1)).toBeUndefined();
    }
  });
});

describe('the output', () => {
  test('reads continue where the last one stopped, and past the end the bus idles at FF', () => {
    const chip = awake();
    chip.write(send(INFO));
    expect(read(chip, 1)).toBe('07');
    expect(read(chip, 4)).toBe('00006002');
    expect(read(chip, 4)).toBe('8038FFFF');
    expect(read(chip, 2)).toBe('FFFF');
  });

  test('word address 00 rewinds it', () => {
    const chip = awake();
    read(chip, 3);
    expect(chip.write(RESET)).toEqual(ACK);
    expect(read(chip, 4)).toBe(AWAKE);
  });

  test('before a whole command has come reads give FF', () => {
    const chip = awake();
    expect(chip.write(send(INFO.subarray(0, 4)))).toEqual(ACK);
    expect(read(chip, 4)).toBe('FFFFFFFF');
  });

  test('an empty write and a reserved word address are acknowledged and mean nothing', () => {
    const chip = awake();
    for (const bytes of [new Uint8Array(0), hex('04 01 02'), hex('FF')]) expect(chip.write(bytes)).toEqual(ACK);
    expect(read(chip, 4)).toBe(AWAKE);
  });
});

describe('packets', () => {
  test('one may come in several writes, split anywhere', () => {
    for (let cut = 1; cut < INFO.length; cut++) {
      const chip = awake();
      chip.write(send(INFO.subarray(0, cut)));
      chip.write(send(INFO.subarray(cut)));
      expect(read(chip, 7)).toBe(INFO_REPLY.replaceAll(' ', ''));
    }
  });

  test('word address 00 and a wake drop the head of one', () => {
    const chip = awake();
    chip.write(send(INFO.subarray(0, 4)));
    chip.write(RESET);
    chip.write(send(INFO));
    expect(read(chip, 5)).toBe('0700006002');
    chip.write(send(INFO.subarray(0, 4)));
    chip.write(IDLE);
    chip.generalCall();
    expect(read(chip, 4)).toBe(AWAKE);
    chip.write(send(INFO));
    expect(read(chip, 5)).toBe('0700006002');
  });

  test('bytes behind the end of one are ignored', () => {
    const chip = awake();
    chip.write(send(Uint8Array.of(...INFO, 1, 2, 3)));
    expect(read(chip, 5)).toBe('0700006002');
  });

  test('a wrong CRC is FF whatever else is wrong', () => {
    const unknown = packet(0x99, 0xff, 0xffff, new Uint8Array(5));
    for (const bytes of [INFO.slice(), unknown]) {
      bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
      const chip = awake();
      chip.write(send(bytes));
      expect(new Host(chip).receive()).toEqual(hex('FF'));
    }
  });

  test.each([0, 3, 6, 152, 255])('a count of %i is FF at once', (count) => {
    const chip = awake();
    chip.write(send(Uint8Array.of(count)));
    expect(new Host(chip).receive()).toEqual(hex('FF'));
  });

  test('an unknown opcode or a wrong length is 03', () => {
    const host = new Host(makeChip());
    for (const opcode of [0x00, 0x01, 0x11, 0x51, 0xff]) expect(host.status(opcode)).toBe(0x03);
    expect(host.status(0x30, 0, 0, new Uint8Array(1))).toBe(0x03);
    expect(host.status(0x16, 0, 0, new Uint8Array(19))).toBe(0x03);
    expect(host.status(0x41, 0xa0, 0, new Uint8Array(144))).toBe(0x03);
  });
});

describe('what survives', () => {
  const passThrough = (host: Host) => host.status(0x16, 0x03, 0, new Uint8Array(32).fill(1));
  const isTempKeyValid = (host: Host) => host.command(0x30, 2)[1] === 0x80;

  test('TempKey survives idle and is lost in sleep', () => {
    const host = seedChip();
    passThrough(host);
    expect(isTempKeyValid(host)).toBe(true);
    host.sleep();
    expect(isTempKeyValid(host)).toBe(false);
  });

  test('the Message Digest Buffer survives idle and is lost in sleep', () => {
    const host = seedChip({ fill: (unlocked) => unlocked.command(0x40, 0x04, 0) });
    expect(host.status(0x16, 0x43, 0, new Uint8Array(32).fill(1))).toBe(0);
    expect(host.command(0x41, 0xa0, 0)).toHaveLength(64);
    host.sleep();
    expect(host.status(0x41, 0xa0, 0)).toBe(0x0f);
  });

  test('the persistent latch survives sleep and is lost with the power', () => {
    const host = seedChip();
    expect(toHex(host.command(0x30, 4, 0x0003))).toBe('01000000');
    host.sleep();
    expect(toHex(host.command(0x30, 4, 0))).toBe('01000000');
    host.chip.powerCycle();
    expect(host.chip.read(1)).toBeUndefined();
    expect(toHex(host.command(0x30, 4, 0))).toBe('00000000');
  });
});

describe('the watchdog', () => {
  test('puts a chip to sleep 1.3 s after it woke, and its registers are lost', async () => {
    const clock = new ManualClock();
    const host = seedChip({ clock });
    host.status(0x16, 0x03, 0, new Uint8Array(32));
    const { chip } = host;
    chip.generalCall();
    await clock.advance(1299.9);
    expect(read(chip, 4)).toBe(AWAKE);
    await clock.advance(0.1);
    expect(read(chip, 4)).toBe('NACK');
    chip.generalCall();
    expect(read(chip, 4)).toBe(AWAKE);
    expect(toHex(host.command(0x30, 2))).toBe('00000000');
  });

  test('does not run while the chip idles, and each wake starts it anew', async () => {
    const clock = new ManualClock();
    const host = seedChip({ clock });
    host.status(0x16, 0x03, 0, new Uint8Array(32));
    await clock.advance(60_000);
    host.chip.generalCall();
    await clock.advance(1200);
    host.chip.write(IDLE);
    await clock.advance(60_000);
    expect(toHex(host.command(0x30, 2))).toBe('10800000');
  });

  test('lasts 13 s where ChipMode bit 2 asks for it', async () => {
    const clock = new ManualClock();
    const { chip } = seedChip({ clock, changes: { 18: 0x0500 } });
    chip.generalCall();
    await clock.advance(12_999);
    expect(read(chip, 4)).toBe(AWAKE);
    await clock.advance(1);
    expect(read(chip, 4)).toBe('NACK');
  });

  test('lets no command start that it would interrupt', async () => {
    const clock = new ManualClock();
    const host = seedChip({ clock });
    const chip = makeChip({ clock, memory: host.chip.memory, executionTimes: 'maximum' });
    chip.generalCall();
    await clock.advance(1200);
    chip.write(send(packet(0x40, 0x04, 0)));
    expect(new Host(chip).receive()).toEqual(hex('EE'));
    chip.write(send(INFO));
    await clock.advance(5);
    expect(read(chip, 5)).toBe('0700006002');
  });

  // Random takes 23 ms: begun 1276 ms after the wake it ends with 1 ms to spare, a millisecond later with none.
  test.each([
    [1276, 32],
    [1277, 1],
    [1278, 1],
  ])('counts to the millisecond: %i ms after the wake Random answers %i bytes', async (begun, length) => {
    const clock = new ManualClock();
    const { memory } = seedChip({ clock }).chip;
    const chip = makeChip({ clock, memory, executionTimes: 'maximum' });
    chip.generalCall();
    await clock.advance(begun);
    chip.write(send(packet(0x1b)));
    if (length > 1) await clock.advance(23);
    const reply = new Host(chip).receive();
    expect(reply).toHaveLength(length);
    if (length === 1) expect(reply).toEqual(hex('EE'));
  });
});

describe('execution times', () => {
  test.each([
    [0x00, 0x02, 5],
    [0x00, 0x1b, 23],
    [0x00, 0x40, 115],
    [0x28, 0x40, 215],
    [0x68, 0x40, 653],
    [0x68, 0x1b, 23],
    [0x00, 0x47, 36],
    [0x28, 0x47, 42],
    [0x68, 0x47, 75],
    [0x00, 0x24, 25],
    [0x28, 0x77, 625],
  ])(
    'with ChipMode %i command %i takes %i ms, during which the chip acknowledges nothing',
    async (mode, opcode, ms) => {
      const clock = new ManualClock({ start: 7 });
      const { chip: configured } = seedChip({ clock, changes: { 18: mode << 8 } });
      const chip = makeChip({ clock, memory: configured.memory, executionTimes: 'maximum' });
      chip.generalCall();
      expect(chip.write(send(packet(opcode, opcode === 0x40 ? 0x04 : 0)))).toEqual(ACK);
      expect(chip.readyAt()).toBe(7 + ms);
      await clock.advance(ms - 0.01);
      chip.generalCall();
      expect(read(chip, 1)).toBe('NACK');
      expect(chip.write(RESET)).toEqual(ADDRESS_NACK);
      await clock.advance(0.01);
      expect(chip.read(1)?.[0]).toBeGreaterThan(3);
    },
  );

  test('without them a reply is there at once', () => {
    const chip = awake();
    chip.write(send(INFO));
    expect(chip.readyAt()).toBeLessThanOrEqual(0);
    expect(read(chip, 1)).toBe('07');
  });
});

test('two hosts of one chip share its registers', () => {
  const { chip } = seedChip();
  expect(new Host(chip).status(0x16, 0x03, 0, new Uint8Array(32))).toBe(0);
  expect(toHex(new Host(chip).command(0x30, 2))).toBe('10800000');
});

test('a memory of another size is the caller’s mistake', () => {
  expect(() => makeChip({ memory: new Uint8Array(1399) })).toThrow(
    expect.objectContaining({ code: 'EMU_E_CHIP_MEMORY' }),
  );
});
