import { describe, expect, it } from 'vitest';
import { Atecc608, slotOffset } from '../../../emulator/atecc608/index.ts';
import { ManualClock, TaskClock } from '../../../emulator/clock/index.ts';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import { AteccDriver, chipKeys, readSlotBytes, writeSlotBytes } from '../../../emulator/host-library/index.ts';
import { I2cBus, i2cController, Recorder } from '../../../emulator/i2c/index.ts';
import { rootRng } from '../../../emulator/rng/index.ts';
import { conversation } from '../../support/golden.ts';
import { twinFactory } from '../../support/twin.ts';

/** A personalised chip, whose slot 8 is open, and a host on its bus. */
function bench() {
  const { memory } = twinFactory.made(0);
  const clock = new TaskClock(new ManualClock());
  const chip = new Atecc608({ memory, crypto: nodeCrypto, rng: rootRng('slot bytes'), clock, executionTimes: 'none' });
  const recorder = new Recorder(new I2cBus().attach(0x60, chip), clock);
  const driver = new AteccDriver(i2cController(recorder, clock, 'fast'));
  return { memory, driver, exchanges: () => conversation(recorder.transactions).exchanges };
}

const bytes = (length: number) => Uint8Array.from({ length }, (_, i) => i + 1);
const done = (address: string, length: number) =>
  `Write p1=${length === 32 ? '82' : '02'} p2=${address} data=${length} -> status 00 Success`;

describe('bytes of a slot', () => {
  it.each([
    // The current layout of slot 8: the hub at 20, the serial number at 0.
    [20, 48, [done('0045', 4), done('0046', 4), done('0047', 4), done('0140', 32), done('0240', 4)]],
    [0, 20, ['0040', '0041', '0042', '0043', '0044'].map((address) => done(address, 4))],
    // That of the article: the hub at 0, the serial number at 52.
    [0, 48, [done('0040', 32), ...['0140', '0141', '0142', '0143'].map((address) => done(address, 4))]],
    [52, 20, ['0145', '0146', '0147', '0240', '0241'].map((address) => done(address, 4))],
  ])(
    'at %i, %i of them, are written in blocks where whole ones begin, in words elsewhere',
    (offset, length, expected) => {
      const { memory, driver, exchanges } = bench();
      const before = memory.slice();
      writeSlotBytes(driver, 8, offset, bytes(length));
      expect(exchanges()).toEqual(expected);
      before.set(bytes(length), slotOffset(8) + offset);
      expect(memory).toEqual(before);
    },
  );

  it.each([
    [20, 48, ['0040', '0140', '0240']],
    [0, 20, ['0040']],
    [0, 48, ['0040', '0140']],
    [52, 20, ['0140', '0240']],
  ])('at %i, %i of them, are read in blocks', (offset, length, addresses) => {
    const { memory, driver, exchanges } = bench();
    memory.set(bytes(96), slotOffset(8));
    expect(readSlotBytes(driver, 8, offset, length)).toEqual(bytes(96).slice(offset, offset + length));
    expect(exchanges()).toEqual(addresses.map((address) => `Read p1=82 p2=${address} -> 32 bytes`));
  });

  it('begin and end with a word', () => {
    const { driver } = bench();
    expect(() => writeSlotBytes(driver, 8, 2, bytes(4))).toThrow('words of 4');
    expect(() => writeSlotBytes(driver, 8, 0, bytes(18))).toThrow('words of 4');
  });
});

it('key operations may initialise first, each with a read of the configuration', async () => {
  const { driver, exchanges } = bench();
  const slots = { deviceKeySlot: 0, ioProtectionSlot: 4 };
  const keys = chipKeys(driver, slots, nodeCrypto, 'initialise first');
  const point = await keys.generateEphemeral();
  await keys.agree(point);
  await keys.sign(bytes(32));
  const init = 'Read p1=80 p2=0000 -> 32 bytes';
  expect(exchanges()).toEqual([
    ...[init, 'GenKey p1=04 p2=FFFF -> 64 bytes'],
    ...[init, 'Random p1=00 p2=0000 -> 32 bytes', 'Write p1=82 p2=0020 data=32 -> status 00 Success'],
    'ECDH p1=0F p2=0000 data=64 -> 64 bytes',
    ...[init, 'Random p1=00 p2=0000 -> 32 bytes', 'Nonce p1=43 p2=0000 data=32 -> status 00 Success'],
    'Sign p1=A0 p2=0000 -> 64 bytes',
  ]);
});
