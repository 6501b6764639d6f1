import { describe, expect, test } from 'vitest';
import { slotOffset } from '../../../emulator/atecc608/index.ts';
import { Host, hex, keyConfigAt, makeChip, seedChip, slotConfigAt, toHex } from '../../support/atecc608.ts';

const READ = 0x02;
const WRITE = 0x12;
const CONFIG = 0;
const OTP = 1;
const DATA = 2;
const BLOCK = 0x80;

const word = hex('11223344');
const block = Uint8Array.from({ length: 32 }, (_, index) => index + 1);
const address = (slot: number, blockIndex = 0, wordIndex = 0) => (blockIndex << 8) | (slot << 3) | wordIndex;

// Of the original firmware's slots: 0 private key, 4 secret but always writable, 5 WriteConfig 0000 secret, 8 open, 10 open public key.
const PRIVATE = 0;
const SECRET = 4;
const OPEN = 8;
const PUBLIC = 10;

describe('before the configuration lock', () => {
  const fresh = () => new Host(makeChip());

  test('the whole configuration is readable, in words and blocks', () => {
    expect(toHex(fresh().command(READ, BLOCK, 0x0000))).toBe(
      '0123A1B200006002C3D4E5F6EE015500C0000000832087208F20C48F8F8F8F8F',
    );
    expect(toHex(fresh().command(READ, CONFIG, 0x0015))).toBe('00005555');
    expect(toHex(fresh().command(READ, BLOCK, 0x0018))).toBe(
      '33003300330 01C001C001C001C001C003C003C003C003C003C003C003C001C00'.replace(' ', ''),
    );
    // A block access ignores the word.
    expect(fresh().command(READ, BLOCK, 0x001f)).toEqual(fresh().command(READ, BLOCK, 0x0018));
  });

  test('bytes 16..83 and 88..127 are writable in words', () => {
    for (let index = 0; index < 32; index++) {
      const writable = index >= 4 && index !== 21;
      const host = fresh();
      expect(host.status(WRITE, CONFIG, index, word), `word ${index}`).toBe(writable ? 0 : 0x0f);
      expect(toHex(host.command(READ, CONFIG, index)) === '11223344').toBe(writable);
    }
  });

  test('of the blocks only those two without protected bytes are writable', () => {
    expect([0, 1, 2, 3].map((index) => fresh().status(WRITE, BLOCK, index << 3, block))).toEqual([0x0f, 0, 0x0f, 0]);
  });

  test('data and OTP are neither readable nor writable', () => {
    for (const slot of [PRIVATE, SECRET, OPEN, PUBLIC]) {
      expect(fresh().status(READ, BLOCK | DATA, address(slot))).toBe(0x0f);
      expect(fresh().status(WRITE, BLOCK | DATA, address(slot), block)).toBe(0x0f);
    }
    expect(fresh().status(READ, OTP, 0)).toBe(0x0f);
    expect(fresh().status(WRITE, BLOCK | OTP, 0, block)).toBe(0x0f);
  });

  test('SlotLocked is ordinary configuration', () => {
    const host = fresh();
    expect(host.status(WRITE, CONFIG, 22, hex('0000 0000'))).toBe(0);
    expect(host.status(WRITE, CONFIG, 22, hex('FFFF 0000'))).toBe(0);
  });
});

describe('between the locks', () => {
  const between = () => seedChip({ lock: 'config' });

  test('the configuration is readable and no longer writable', () => {
    expect(between().command(READ, BLOCK, 0)).toHaveLength(32);
    expect(between().status(WRITE, CONFIG, 4, word)).toBe(0x0f);
    expect(between().status(WRITE, BLOCK, 1 << 3, block)).toBe(0x0f);
  });

  test('data and OTP are not readable', () => {
    for (const slot of [PRIVATE, SECRET, OPEN]) expect(between().status(READ, DATA, address(slot))).toBe(0x0f);
    expect(between().status(READ, BLOCK | OTP, 0)).toBe(0x0f);
  });

  test('slots take whole blocks whatever SlotConfig says, private slots nothing', () => {
    for (let slot = 0; slot < 16; slot++) {
      const isPrivate = [0, 2, 3, 7].includes(slot);
      expect(between().status(WRITE, BLOCK | DATA, address(slot), block)).toBe(isPrivate ? 0x0f : 0);
      expect(between().status(WRITE, DATA, address(slot), word)).toBe(0x0f);
    }
  });

  test('a locked slot takes nothing', () => {
    const host = between();
    expect(host.status(0x17, 0x02 | (SECRET << 2))).toBe(0);
    expect(host.status(WRITE, BLOCK | DATA, address(SECRET), block)).toBe(0x0f);
  });

  test('OTP takes whole blocks', () => {
    const host = between();
    expect(host.status(WRITE, BLOCK | OTP, 1 << 3, block)).toBe(0);
    expect(host.status(WRITE, OTP, 0, word)).toBe(0x0f);
    host.lockData();
    expect(host.command(READ, BLOCK | OTP, 1 << 3)).toEqual(block);
    expect(toHex(host.command(READ, OTP, 1 << 3))).toBe('01020304');
    expect(toHex(host.command(READ, OTP, 7))).toBe('FFFFFFFF');
  });
});

describe('after both locks', () => {
  test('OTP and configuration are final', () => {
    const host = seedChip();
    expect(host.status(WRITE, BLOCK | OTP, 0, block)).toBe(0x0f);
    expect(host.status(WRITE, CONFIG, 4, word)).toBe(0x0f);
    expect(host.status(WRITE, CONFIG, 22, hex('FFFFFFFF'))).toBe(0x0f);
  });

  test('an open slot is read and written in words and blocks', () => {
    const host = seedChip();
    expect(host.status(WRITE, BLOCK | DATA, address(OPEN, 3), block)).toBe(0);
    expect(host.status(WRITE, DATA, address(OPEN, 3, 1), word)).toBe(0);
    expect(toHex(host.command(READ, BLOCK | DATA, address(OPEN, 3)))).toBe(
      `01020304${toHex(word)}${toHex(block.subarray(8))}`,
    );
    expect(toHex(host.command(READ, DATA, address(OPEN, 3, 1)))).toBe('11223344');
  });

  test('a private key is neither read nor written', () => {
    const host = seedChip({ fill: (open) => open.command(0x40, 0x04, PRIVATE) });
    for (const mode of [DATA, BLOCK | DATA]) {
      for (const at of [address(PRIVATE), address(PRIVATE, 1)]) expect(host.status(READ, mode, at)).toBe(0x0f);
    }
    expect(host.status(WRITE, BLOCK | DATA, address(PRIVATE), block)).toBe(0x0f);
    expect(host.status(WRITE, DATA, address(PRIVATE, 1), word)).toBe(0x0f);
  });

  test('a private key is not read even where SlotConfig does not call it secret', () => {
    const changes = { [slotConfigAt(PRIVATE)]: 0x200f };
    const host = seedChip({ changes, fill: (open) => open.command(0x40, 0x04, PRIVATE) });
    for (const mode of [DATA, BLOCK | DATA]) expect(host.status(READ, mode, address(PRIVATE))).toBe(0x0f);
  });

  test('a secret slot is not read, and written in whole blocks only', () => {
    const host = seedChip();
    expect(host.status(READ, DATA, address(SECRET))).toBe(0x0f);
    expect(host.status(READ, BLOCK | DATA, address(SECRET))).toBe(0x0f);
    expect(host.status(WRITE, DATA, address(SECRET), word)).toBe(0x0f);
    expect(host.status(WRITE, DATA, address(SECRET, 1), word)).toBe(0x0f);
    expect(host.status(WRITE, BLOCK | DATA, address(SECRET), block)).toBe(0);
  });

  test('a locked slot is read but not written', () => {
    const host = seedChip();
    expect(host.status(0x17, 0x02 | (OPEN << 2))).toBe(0);
    expect(host.status(WRITE, BLOCK | DATA, address(OPEN), block)).toBe(0x0f);
    expect(host.status(WRITE, DATA, address(OPEN), word)).toBe(0x0f);
    expect(host.command(READ, DATA, address(OPEN))).toHaveLength(4);
  });

  test.each([
    [0x0, 0x00],
    [0x1, 0x00], // not a public key that needs validation, hence never a validated one
    [0x2, 0x0f],
    [0x3, 0x0f],
    [0x4, 0x0f], // encrypted only
    [0x5, 0x0f],
    [0x6, 0x0f],
    [0x7, 0x0f],
    [0x8, 0x0f],
    [0x9, 0x0f],
    [0xa, 0x0f],
    [0xb, 0x0f],
    [0xc, 0x0f],
    [0xd, 0x0f],
    [0xe, 0x0f],
    [0xf, 0x0f],
  ])('WriteConfig %i answers a clear write with %i', (writeConfig, status) => {
    const host = seedChip({ changes: { [slotConfigAt(OPEN)]: (writeConfig << 12) | 0x0f0f } });
    expect(host.status(WRITE, DATA, address(OPEN), word)).toBe(status);
    expect(host.status(WRITE, BLOCK | DATA, address(OPEN), block)).toBe(status);
  });

  test('an encrypted write or read needs a TempKey made by GenDig', () => {
    const host = seedChip({ changes: { [slotConfigAt(OPEN)]: 0x44c4 } });
    for (const mode of [0x82, 0xc2]) {
      expect(host.status(WRITE, mode, address(OPEN), new Uint8Array(64))).toBe(0x0f);
      expect(host.status(0x16, 0x03, 0, block)).toBe(0);
      expect(host.status(WRITE, mode, address(OPEN), new Uint8Array(64))).toBe(0x0f);
    }
    expect(host.status(READ, BLOCK | DATA, address(OPEN))).toBe(0x0f);
  });
});

describe('a public key that needs validation', () => {
  const changes = { [slotConfigAt(PUBLIC)]: 0x1f0f, [keyConfigAt(PUBLIC)]: 0x0032 };

  test('keeps its first byte until the data lock, and loses its validity by any write after it', () => {
    const host = seedChip({ changes, fill: (open) => open.fill(PUBLIC, hex('5C 000000')) });
    expect(toHex(host.command(READ, DATA, address(PUBLIC)))).toBe('5C000000');
    const unvalidated = seedChip({ changes, fill: (open) => open.fill(PUBLIC, hex('0C 000000')) });
    expect(unvalidated.status(WRITE, DATA, address(PUBLIC, 1), word)).toBe(0);
    expect(toHex(unvalidated.command(READ, DATA, address(PUBLIC)))).toBe('AC000000');
    expect(unvalidated.status(WRITE, BLOCK | DATA, address(PUBLIC), hex('55'.repeat(32)))).toBe(0);
    expect(toHex(unvalidated.command(READ, DATA, address(PUBLIC)))).toBe('A5555555');
  });

  test('with WriteConfig 0001 takes writes only while it is not validated', () => {
    const validated = seedChip({ changes, fill: (open) => open.fill(PUBLIC, hex('50')) });
    expect(validated.status(WRITE, BLOCK | DATA, address(PUBLIC), block)).toBe(0x0f);
    const invalidated = seedChip({ changes, fill: (open) => open.fill(PUBLIC, hex('A0')) });
    expect(invalidated.status(WRITE, BLOCK | DATA, address(PUBLIC), block)).toBe(0);
  });
});

describe('the last block of a slot', () => {
  test.each([
    [5, 1, 4],
    [15, 2, 8],
    [8, 12, 32],
  ])('of slot %i, number %i, has %i bytes: a write drops the rest, a read pads it with 00', (slot, last, size) => {
    const host = seedChip({ changes: { [slotConfigAt(5)]: 0x000f } });
    const before = host.chip.memory.slice();
    expect(host.status(WRITE, BLOCK | DATA, address(slot, last), block)).toBe(0);
    const expected = new Uint8Array(32);
    expected.set(block.subarray(0, size));
    expect(host.command(READ, BLOCK | DATA, address(slot, last))).toEqual(expected);
    const start = slotOffset(slot) + 32 * last;
    before.set(block.subarray(0, size), start);
    expect(host.chip.memory).toEqual(before);
  });

  test('ends the slot: words and blocks behind it are parse errors', () => {
    const host = seedChip();
    for (const [slot, last, words] of [
      [5, 1, 1],
      [15, 2, 2],
      [8, 12, 8],
    ] as const) {
      expect(host.status(READ, BLOCK | DATA, address(slot, last + 1))).toBe(0x03);
      expect(host.status(WRITE, BLOCK | DATA, address(slot, last + 1), block)).toBe(0x03);
      if (words < 8) expect(host.status(READ, DATA, address(slot, last, words))).toBe(0x03);
      if (words < 8) expect(host.status(WRITE, DATA, address(slot, last, words), word)).toBe(0x03);
    }
  });
});

describe('parse errors', () => {
  test('addresses outside a zone, whatever its lock state', () => {
    for (const host of [new Host(makeChip()), seedChip()]) {
      expect(host.status(READ, CONFIG, 0x0020)).toBe(0x03);
      expect(host.status(READ, OTP, 0x0010)).toBe(0x03);
      expect(host.status(READ, DATA, 0x0040 | 0x80)).toBe(0x03);
      expect(host.status(READ, DATA, 0x1040)).toBe(0x03);
    }
  });

  test('zone 3, reserved mode bits and data of another length', () => {
    const host = seedChip();
    for (const mode of [0x03, 0x04, 0x20, 0x40, 0x83, 0xc2]) expect(host.status(READ, mode, 0)).toBe(0x03);
    for (const mode of [0x03, 0x06, 0x22]) expect(host.status(WRITE, mode, address(OPEN), word)).toBe(0x03);
    expect(host.status(WRITE, BLOCK | DATA, address(OPEN), word)).toBe(0x03);
    expect(host.status(WRITE, DATA, address(OPEN), block)).toBe(0x03);
    // Encrypted needs the MAC, and only data can be encrypted.
    expect(host.status(WRITE, 0xc2, address(OPEN), block)).toBe(0x03);
    expect(host.status(WRITE, BLOCK | OTP, 0, new Uint8Array(64))).toBe(0x03);
    expect(host.status(WRITE, BLOCK | CONFIG, 1 << 3, new Uint8Array(64))).toBe(0x03);
  });
});

test('each accepted write, and no refused one, counts as a change of non-volatile memory', () => {
  const host = seedChip();
  const before = host.chip.nonVolatileWrites;
  host.status(WRITE, DATA, address(PRIVATE), word);
  host.command(READ, DATA, address(OPEN));
  expect(host.chip.nonVolatileWrites).toBe(before);
  host.status(WRITE, DATA, address(OPEN), word);
  expect(host.chip.nonVolatileWrites).toBe(before + 1);
});
