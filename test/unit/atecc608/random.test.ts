import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Host, hex, makeChip, scriptedRng, seedChip, toHex } from '../../support/atecc608.ts';
import { verifies } from '../../support/atecc608-messages.ts';

const RANDOM = 0x1b;
const NONCE = 0x16;
const INFO = 0x30;

const drawn = Uint8Array.from({ length: 32 }, (_, index) => 0xa0 + index);
const numIn = Uint8Array.from({ length: 20 }, (_, index) => index);
const digest = Uint8Array.from({ length: 32 }, (_, index) => 0x40 + index);
const sha256 = (...parts: Uint8Array[]) => new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest());
const state = (host: Host) => toHex(host.command(INFO, 2));

describe('Random', () => {
  test('Quirk: until the configuration is locked the generator answers FF FF 00 00, over and over', () => {
    const host = new Host(makeChip());
    for (const mode of [0, 1]) expect(toHex(host.command(RANDOM, mode))).toBe('FFFF0000'.repeat(8));
    host.lockConfig();
    expect(toHex(host.command(RANDOM))).not.toBe('FFFF0000'.repeat(8));
  });

  test('answers 32 bytes of the generator, with or without an update of its seed', () => {
    const host = seedChip({ rng: scriptedRng([drawn, drawn.toReversed()]) });
    expect(host.command(RANDOM, 0)).toEqual(drawn);
    expect(host.command(RANDOM, 1)).toEqual(drawn.toReversed());
  });

  test('knows no other mode or param2', () => {
    expect(seedChip().status(RANDOM, 2)).toBe(0x03);
    expect(seedChip().status(RANDOM, 0, 1)).toBe(0x03);
  });

  test('leaves TempKey alone', () => {
    const host = seedChip();
    host.status(NONCE, 0x03, 0, digest);
    host.command(RANDOM);
    expect(state(host)).toBe('10800000');
  });
});

describe('Nonce with the generator', () => {
  test('answers the random number and keeps SHA-256(random || NumIn || 16 || mode || 00)', () => {
    for (const mode of [0, 1]) {
      const host = seedChip({ rng: scriptedRng([drawn]) });
      expect(host.command(NONCE, mode, 0, numIn)).toEqual(drawn);
      expect(state(host)).toBe('00800000');
      // What TempKey holds shows in the next calculation, which starts from it and answers its result.
      const first = sha256(drawn, numIn, Uint8Array.of(0x16, mode, 0));
      const second = sha256(first, digest.subarray(0, 20), Uint8Array.of(0x16, mode, 0));
      expect(host.command(NONCE, mode, 0x8000, digest.subarray(0, 20))).toEqual(second);
      expect(state(host)).toBe('00800000');
      const third = sha256(second, numIn, Uint8Array.of(0x16, 0, 0));
      expect(host.command(NONCE, 0, 0x8000, numIn)).toEqual(third);
    }
  });

  test('before the configuration lock takes the pattern', () => {
    const host = new Host(makeChip());
    const pattern = hex('FFFF0000'.repeat(8));
    expect(host.command(NONCE, 0, 0, numIn)).toEqual(pattern);
    const first = sha256(pattern, numIn, hex('16 00 00'));
    expect(host.command(NONCE, 0, 0x8000, numIn)).toEqual(sha256(first, numIn, hex('16 00 00')));
  });

  test('a calculation keeps TempKey’s flags and needs a TempKey', () => {
    const host = seedChip();
    expect(host.status(NONCE, 0, 0x8000, numIn)).toBe(0x0f);
    host.status(NONCE, 0x23, 0, new Uint8Array(64).fill(9));
    const value = sha256(new Uint8Array(32).fill(9), numIn, hex('16 00 00'));
    expect(host.command(NONCE, 0, 0x8000, numIn)).toEqual(value);
    expect(state(host)).toBe('10800000');
  });

  // KeyID | SourceFlag << 4 | GenDigData << 5 | GenKeyData << 6 | NoMacFlag << 7.
  test('a calculation keeps what GenDig and GenKey noted of TempKey', () => {
    const host = seedChip({ fill: (open) => open.command(0x40, 0x04, 3) });
    host.status(NONCE, 0x03, 0, digest);
    // Slot 6 has NoMac.
    expect(host.status(0x15, 0x02, 6, new Uint8Array(4))).toBe(0);
    expect(state(host)).toBe('B6800000');
    expect(host.command(NONCE, 0, 0x8000, numIn)).toHaveLength(32);
    expect(state(host)).toBe('B6800000');
    host.command(NONCE, 0, 0, numIn);
    expect(host.command(0x40, 0x08, 3)).toHaveLength(64);
    expect(state(host)).toBe('43800000');
    expect(host.command(NONCE, 0, 0x8000, numIn)).toHaveLength(32);
    expect(state(host)).toBe('43800000');
  });

  test('a calculation refuses a private key in TempKey', () => {
    const host = seedChip();
    expect(host.command(0x40, 0x04, 0xffff)).toHaveLength(64);
    expect(host.status(NONCE, 0, 0x8000, numIn)).toBe(0x0f);
  });
});

describe('Nonce in pass-through mode', () => {
  test.each([
    ['TempKey', 0x03, 32],
    ['TempKey, 64 bytes', 0x23, 64],
    ['Message Digest Buffer', 0x43, 32],
    ['Message Digest Buffer, 64 bytes', 0x63, 64],
    ['Alternate Key Buffer', 0x83, 32],
  ])('loads the %s, in any lock state', (target, mode, length) => {
    for (const lock of ['none', 'config', 'both'] as const) {
      const host = seedChip({ lock });
      expect(host.status(NONCE, mode, 0, new Uint8Array(length))).toBe(0);
      expect(state(host)).toBe(target.startsWith('TempKey') ? '10800000' : '00000000');
    }
  });

  test('what is loaded is what the commands take from there', () => {
    const [lower, upper] = [new Uint8Array(32).fill(0x31), new Uint8Array(32).fill(0x32)];
    const both = Uint8Array.of(...lower, ...upper);
    const host = seedChip({ fill: (open) => open.command(0x40, 0x04, 0) });
    // KDF: one HMAC with TempKey (0), its upper half (1) or the Alternate Key Buffer (3); target 4 is the output.
    const macOf = (source: number) => host.command(0x56, 0x50 | source, 0, hex('02 00 00 03 616263'));
    const hmac = (key: Uint8Array) => new Uint8Array(createHmac('sha256', key).update('abc').digest());
    expect(host.status(NONCE, 0x03, 0, lower)).toBe(0);
    expect(macOf(0)).toEqual(hmac(lower));
    expect(host.status(NONCE, 0x23, 0, both)).toBe(0);
    expect([macOf(0), macOf(1)]).toEqual([hmac(lower), hmac(upper)]);
    expect(host.status(NONCE, 0x83, 0, digest)).toBe(0);
    expect(macOf(3)).toEqual(hmac(digest));
    // Sign takes the first half of the Message Digest Buffer.
    const message = new TextEncoder().encode('a message');
    const point = host.command(0x40, 0x00, 0);
    const signed = () => verifies(point, message, host.command(0x41, 0xa0, 0));
    expect(host.status(NONCE, 0x43, 0, sha256(message))).toBe(0);
    expect(signed()).toBe(true);
    expect(host.status(NONCE, 0x63, 0, both)).toBe(0);
    expect(signed()).toBe(false);
    expect(host.status(NONCE, 0x63, 0, Uint8Array.of(...sha256(message), ...upper))).toBe(0);
    expect(signed()).toBe(true);
  });

  test('leaves TempKey alone when it loads another buffer', () => {
    const host = seedChip();
    host.command(NONCE, 0, 0, numIn);
    for (const mode of [0x43, 0x83]) expect(host.status(NONCE, mode, 0, digest)).toBe(0);
    expect(state(host)).toBe('00800000');
  });

  test('knows neither mode 2, nor target 3, nor 64 bytes of Alternate Key, nor a param2', () => {
    const host = seedChip();
    expect(host.status(NONCE, 0x02, 0, digest)).toBe(0x03);
    expect(host.status(NONCE, 0x02, 0, numIn)).toBe(0x03);
    expect(host.status(NONCE, 0xc3, 0, digest)).toBe(0x03);
    expect(host.status(NONCE, 0xa3, 0, new Uint8Array(64))).toBe(0x03);
    expect(host.status(NONCE, 0x03, 1, digest)).toBe(0x03);
    for (const mode of [0x07, 0x0b, 0x13, 0x04, 0x40]) expect(host.status(NONCE, mode, 0, digest)).toBe(0x03);
  });

  test('checks the length of the data against the mode', () => {
    const host = seedChip();
    expect(host.status(NONCE, 0x03, 0, new Uint8Array(64))).toBe(0x03);
    expect(host.status(NONCE, 0x03, 0, numIn)).toBe(0x03);
    expect(host.status(NONCE, 0x23, 0, digest)).toBe(0x03);
    expect(host.status(NONCE, 0x00, 0, digest)).toBe(0x03);
    expect(host.status(NONCE, 0x00, 0x0001, numIn)).toBe(0x03);
  });
});
