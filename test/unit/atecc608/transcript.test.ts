import { expect, test } from 'vitest';
import { ATECC608_ADDRESS, atecc608Decoder } from '../../../emulator/atecc608/index.ts';
import { descriptions, I2cBus, normalise, Recorder } from '../../../emulator/i2c/index.ts';
import { hex, packet, seedChip } from '../../support/atecc608.ts';

test.each([
  ['00', 'reset'],
  ['01', 'sleep'],
  ['02', 'idle'],
  ['', ''],
  ['07', 'reserved word address 07'],
  ['03 07 40 04 FF FF', '5 bytes of a packet'],
  ['03 06 40 04 FF FF 00', '6 bytes of a packet'],
  ['03 07 40 04 FF FF 00 00 00', '8 bytes of a packet'],
  ['03 08 40 04 FF FF 00 00 00', 'GenKey p1=04 p2=FFFF data=1'],
  ['03 07 40 04 FF FF 00 00', 'GenKey p1=04 p2=FFFF'],
  ['03 07 99 00 34 12 00 00', 'opcode 99 p1=00 p2=1234'],
])('a write of %s is: %s', (bytes, meaning) => {
  expect(atecc608Decoder.write(hex(bytes))).toBe(meaning);
});

test.each([
  ['04 11 33 43', 'awake'],
  ['04 00 03 40', 'status 00 Success'],
  ['04 0F 23 42', 'status 0F ExecutionError'],
  ['04 77 00 00', 'status 77'],
  [`23 ${'00'.repeat(34)}`, '32 bytes'],
  ['23', ''],
  ['05 00 00 00 00', '2 bytes'],
  ['03 00 00', ''],
  ['04 00 03', ''],
  ['04 00 03 40 FF', 'status 00 Success'],
  ['FF FF FF FF', ''],
  ['', ''],
])('a read of %s is: %s', (bytes, meaning) => {
  expect(atecc608Decoder.read(hex(bytes), new Uint8Array(0))).toBe(meaning);
});

test('a recorded conversation reads like one', () => {
  const { chip } = seedChip();
  const bus = new Recorder(new I2cBus().attach(ATECC608_ADDRESS, chip));
  const send = (bytes: Uint8Array) => bus.write(ATECC608_ADDRESS, bytes);
  bus.write(0, Uint8Array.of(0));
  bus.read(ATECC608_ADDRESS, 4);
  send(Uint8Array.of(3, ...packet(0x16, 0x43, 0, new Uint8Array(32))));
  bus.read(ATECC608_ADDRESS, 1, false);
  bus.read(ATECC608_ADDRESS, 3);
  send(Uint8Array.of(2));
  bus.read(ATECC608_ADDRESS, 4);
  expect(descriptions(normalise(bus.transactions), new Map([[ATECC608_ADDRESS, atecc608Decoder]]))).toEqual([
    'awake',
    'Nonce p1=43 p2=0000 data=32',
    'status 00 Success',
    'idle',
  ]);
});
