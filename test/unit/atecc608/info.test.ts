import { describe, expect, test } from 'vitest';
import { Host, hex, keyConfigAt, makeChip, seedChip, toHex } from '../../support/atecc608.ts';

const INFO = 0x30;
const GEN_KEY = 0x40;
const answer = (host: Host, mode: number, param2 = 0) => toHex(host.command(INFO, mode, param2));

describe('Info', () => {
  test('answers the revision in any state, whatever RevNum in the configuration says', () => {
    expect(answer(new Host(makeChip()), 0)).toBe('00006002');
    expect(answer(seedChip(), 0, 0x1234)).toBe('00006002');
    const host = new Host(makeChip());
    host.chip.memory.set(hex('00 00 60 03'), 4);
    expect(answer(host, 0)).toBe('00006002');
  });

  test('KeyValid: a private key is valid once it was made', () => {
    const host = seedChip({ fill: (open) => open.command(GEN_KEY, 0x04, 0) });
    expect(answer(host, 1, 0)).toBe('01000000');
    // FF all over is no scalar.
    expect(answer(host, 1, 2)).toBe('00000000');
    // An AES key and data are no ECC keys.
    expect(answer(host, 1, 5)).toBe('00000000');
    expect(answer(host, 1, 4)).toBe('00000000');
    expect(host.status(INFO, 1, 16)).toBe(0x03);
  });

  test('KeyValid: a public key is valid when it is a point, or where it needs validation when it has that', () => {
    const point = seedChip({ fill: (open) => open.command(GEN_KEY, 0x04, 0) }).command(GEN_KEY, 0x00, 0);
    const stored = Uint8Array.of(0, 0, 0, 0, ...point.subarray(0, 32), 0, 0, 0, 0, ...point.subarray(32));
    const keyConfig = keyConfigAt(11);
    const held = (nibble: number, word: number) => {
      const bytes = stored.slice();
      bytes[0] = nibble << 4;
      return answer(seedChip({ changes: { [keyConfig]: word }, fill: (open) => open.fill(11, bytes) }), 1, 11);
    };
    expect(held(0x0, 0x0030)).toBe('01000000');
    expect(held(0x5, 0x0032)).toBe('01000000');
    expect(held(0xa, 0x0032)).toBe('00000000');
    expect(answer(seedChip(), 1, 15)).toBe('00000000');
  });

  test('State: TempKey’s flags, and its validity in bit 7 of the next byte', () => {
    const host = seedChip({ fill: (open) => open.command(GEN_KEY, 0x04, 3) });
    expect(answer(host, 2)).toBe('00000000');
    host.command(0x16, 0x00, 0, new Uint8Array(20));
    expect(answer(host, 2)).toBe('00800000');
    host.status(0x16, 0x03, 0, new Uint8Array(32));
    expect(answer(host, 2)).toBe('10800000');
    host.command(GEN_KEY, 0x08, 3);
    expect(answer(host, 2)).toBe('53800000');
  });

  test('the latch is read, set and cleared', () => {
    const host = seedChip();
    expect(answer(host, 4, 0x0001)).toBe('00000000');
    expect(answer(host, 4, 0x0003)).toBe('01000000');
    expect(answer(host, 4, 0x0000)).toBe('01000000');
    expect(answer(host, 4, 0x0002)).toBe('00000000');
  });

  test('the latch is not set without authorisation where VolatileKeyPermission asks for it', () => {
    const host = seedChip({ changes: { 68: 0x8400 } });
    expect(host.status(INFO, 4, 0x0003)).toBe(0x0f);
    expect(answer(host, 4, 0x0002)).toBe('00000000');
  });

  test('has no GPIO on an I2C part, and no further modes', () => {
    for (const mode of [3, 5, 0xff]) expect(seedChip().status(INFO, mode)).toBe(0x03);
  });
});
