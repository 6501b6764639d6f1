import { describe, expect, test } from 'vitest';
import { type Changes, type Host, hex, keyConfigAt, seedChip, slotConfigAt, toHex } from '../../support/atecc608.ts';
import {
  digestKey,
  encryptedKey,
  encryptedWrite,
  filled,
  flipped,
  hasTempKey,
  joined,
  loadTempKey,
  mixed,
  openSession,
  randomTempKey,
  zeros,
} from '../../support/atecc608-messages.ts';

const READ = 0x02;
const WRITE = 0x12;
const PRIV_WRITE = 0x46;
const KEY = filled(0x4b);
const SECRET = joined(filled(0x51), filled(0x52), filled(0x53, 8));
const PLAIN = filled(0x77);

// Slots 1 and 9 of the original firmware are read and written encrypted under slot 4's key, which asks for a random nonce.
const chip = (changes: Changes = {}, lock: 'config' | 'both' = 'both', slots: readonly number[] = [9]) =>
  seedChip({
    changes,
    lock,
    fill: (host) => {
      host.fill(4, KEY);
      host.fill(6, KEY);
      for (const slot of slots) host.fill(slot, SECRET);
    },
  });
const address = (slot: number, block = 0) => (block << 8) | (slot << 3);
const stored = (host: Host, slot: number, length: number) =>
  host.chip.memory.slice(192 + (slot < 9 ? 36 * slot : 288 + 416 + 72 * (slot - 9))).subarray(0, length);

describe('an encrypted Read', () => {
  test('answers block XOR TempKey, which is gone afterwards', () => {
    const host = chip();
    for (const block of [0, 1]) {
      const session = openSession(host, 4, KEY);
      const plain = SECRET.subarray(32 * block, 32 * block + 32);
      expect(mixed(host.command(READ, 0x82, address(9, block)), session)).toEqual(plain);
      expect(hasTempKey(host)).toBe(false);
    }
  });

  test("past a slot's end shows nothing of TempKey", () => {
    const host = chip();
    const session = openSession(host, 4, KEY);
    const out = host.command(READ, 0x82, address(9, 2));
    expect(mixed(out.subarray(0, 8), session)).toEqual(filled(0x53, 8));
    expect(out.subarray(8)).toEqual(zeros(24));
  });

  test('takes a whole block only', () => {
    const host = chip();
    openSession(host, 4, KEY);
    expect(host.status(READ, 0x02, address(9))).toBe(0x0f);
    expect(hasTempKey(host)).toBe(true);
  });

  test('needs GenDig of ReadKey itself, on a random nonce', () => {
    const host = chip({ [keyConfigAt(4)]: 0x003c });
    const refused = () => host.status(READ, 0x82, address(9));
    expect(refused()).toBe(0x0f);
    const random = randomTempKey(host);
    expect(refused()).toBe(0x0f);
    digestKey(host, 9, SECRET, random);
    expect(refused()).toBe(0x0f);
    digestKey(host, 4, KEY, loadTempKey(host, PLAIN));
    expect(refused()).toBe(0x0f);
    openSession(host, 4, KEY);
    expect(host.status(0x15, 0, 0)).toBe(0);
    expect(refused()).toBe(0x0f);
    openSession(host, 4, KEY);
    expect(host.command(READ, 0x82, address(9))).toHaveLength(32);
  });

  test('a secret without EncryptRead stays in', () => {
    const host = chip();
    openSession(host, 4, KEY);
    for (const slot of [4, 6, 0, 7]) expect(host.status(READ, 0x82, address(slot))).toBe(0x0f);
  });

  test('a private key never comes out, whatever its SlotConfig says', () => {
    const host = seedChip({
      changes: { [slotConfigAt(0)]: 0x20c4 },
      fill: (open) => {
        open.fill(4, KEY);
        open.command(0x40, 0x04, 0);
      },
    });
    openSession(host, 4, KEY);
    expect(host.status(READ, 0x82, address(0))).toBe(0x0f);
  });

  test('needs the data lock', () => {
    const host = chip({}, 'config');
    openSession(host, 4, KEY);
    expect(host.status(READ, 0x82, address(9))).toBe(0x0f);
  });
});

describe('an encrypted Write', () => {
  test.each([0xc2, 0x82])('with mode %i: the MAC is over the mode as it was sent', (mode) => {
    for (const lock of ['config', 'both'] as const) {
      const host = chip({}, lock);
      let session = openSession(host, 4, KEY);
      expect(host.status(WRITE, mode, address(9), encryptedWrite(session, mode ^ 0x40, address(9), PLAIN))).toBe(0x01);
      session = openSession(host, 4, KEY);
      expect(host.status(WRITE, mode, address(9), encryptedWrite(session, mode, address(9), PLAIN))).toBe(0);
      expect(stored(host, 9, 32)).toEqual(PLAIN);
      expect(hasTempKey(host)).toBe(false);
    }
  });

  test("of a slot's last block drops what is past its end", () => {
    const host = chip();
    const session = openSession(host, 4, KEY);
    expect(host.status(WRITE, 0xc2, address(9, 2), encryptedWrite(session, 0xc2, address(9, 2), PLAIN))).toBe(0);
    expect(stored(host, 9, 72)).toEqual(joined(SECRET.subarray(0, 64), PLAIN.subarray(0, 8)));
    expect(stored(host, 10, 1)).toEqual(hex('FF'));
  });

  test('a bit flipped anywhere, or another address, is refused and takes TempKey away', () => {
    const host = chip();
    for (let bit = 0; bit < 512; bit++) {
      const session = openSession(host, 4, KEY);
      const data = flipped(encryptedWrite(session, 0xc2, address(9), PLAIN), bit);
      expect(host.status(WRITE, 0xc2, address(9), data), `bit ${bit}`).toBe(0x01);
      expect(hasTempKey(host)).toBe(false);
    }
    const session = openSession(host, 4, KEY);
    expect(host.status(WRITE, 0xc2, address(9, 1), encryptedWrite(session, 0xc2, address(9), PLAIN))).toBe(0x01);
    expect(stored(host, 9, 72)).toEqual(SECRET);
  });

  test('needs GenDig of WriteKey itself', () => {
    const host = chip();
    const data = encryptedWrite(PLAIN, 0xc2, address(9), PLAIN);
    expect(host.status(WRITE, 0xc2, address(9), data)).toBe(0x0f);
    loadTempKey(host, PLAIN);
    expect(host.status(WRITE, 0xc2, address(9), data)).toBe(0x0f);
    const other = digestKey(host, 9, SECRET, PLAIN);
    expect(host.status(WRITE, 0xc2, address(9), encryptedWrite(other, 0xc2, address(9), PLAIN))).toBe(0x0f);
    expect(hasTempKey(host)).toBe(true);
  });

  test('takes no TempKey that a key with NoMac went into', () => {
    const host = chip({ [slotConfigAt(9)]: 0x46c4 });
    loadTempKey(host, PLAIN);
    const session = digestKeyWithNoMac(host);
    expect(host.status(WRITE, 0xc2, address(9), encryptedWrite(session, 0xc2, address(9), PLAIN))).toBe(0x0f);
  });

  test('after the data lock needs WriteConfig x1xx; never a private or locked slot', () => {
    const host = chip({ [slotConfigAt(10)]: 0x04c4, [slotConfigAt(0)]: 0x6487 });
    for (const slot of [10, 0]) {
      const session = openSession(host, 4, KEY);
      expect(host.status(WRITE, 0xc2, address(slot), encryptedWrite(session, 0xc2, address(slot), PLAIN))).toBe(0x0f);
    }
    expect(host.status(0x17, 0x02 | (9 << 2))).toBe(0);
    const session = openSession(host, 4, KEY);
    expect(host.status(WRITE, 0xc2, address(9), encryptedWrite(session, 0xc2, address(9), PLAIN))).toBe(0x0f);
    expect(stored(host, 9, 72)).toEqual(SECRET);
  });

  test('a slot that asks for encryption takes no clear write', () => {
    const host = chip();
    expect(host.status(WRITE, 0x82, address(9), PLAIN)).toBe(0x0f);
    expect(host.status(WRITE, 0x02, address(9), zeros(4))).toBe(0x0f);
  });

  test('of a validated public key takes its validity', () => {
    const host = chip({ [slotConfigAt(12)]: 0x440f, [keyConfigAt(12)]: 0x0032 }, 'both', []);
    const valid = joined(hex('50000000'), zeros(28));
    for (const [block, first] of [
      [0, 'A0'],
      [1, 'A0'],
    ] as const) {
      host.chip.memory.set(valid, 192 + 288 + 416 + 72 * 3);
      const session = openSession(host, 4, KEY);
      const data = encryptedWrite(session, 0xc2, address(12, block), valid);
      expect(host.status(WRITE, 0xc2, address(12, block), data)).toBe(0);
      expect(toHex(stored(host, 12, 1))).toBe(first);
    }
  });
});

/** GenDig of slot 6, whose value the host's own four bytes go into. */
function digestKeyWithNoMac(host: Host): Uint8Array {
  expect(host.status(0x15, 2, 6, hex('15020600'))).toBe(0);
  const answer = host.command(0x30, 2);
  expect(toHex(answer)).toBe('B6800000');
  return PLAIN;
}

// RFC 6979 A.2.5.
const SCALAR = hex('C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721');
const POINT = hex(`
  60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
  7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299`);

describe('PrivWrite', () => {
  // Slot 2 takes keys under slot 4's.
  const OPEN = { [slotConfigAt(2)]: 0x4487 };
  const clear = joined(zeros(4), SCALAR, zeros(32));

  test('in clear, between the locks only', () => {
    const between = chip({}, 'config');
    expect(between.status(PRIV_WRITE, 0x00, 2, clear)).toBe(0);
    expect(between.command(0x40, 0x00, 2)).toEqual(POINT);
    expect(stored(between, 2, 36)).toEqual(joined(zeros(4), SCALAR));
    expect(chip(OPEN).status(PRIV_WRITE, 0x00, 2, clear)).toBe(0x0f);
  });

  test('encrypted, with a MAC', () => {
    for (const lock of ['config', 'both'] as const) {
      const host = chip(OPEN, lock);
      const session = openSession(host, 4, KEY);
      expect(host.status(PRIV_WRITE, 0x40, 2, encryptedKey(session, 2, SCALAR))).toBe(0);
      expect(host.command(0x40, 0x00, 2)).toEqual(POINT);
      expect(hasTempKey(host)).toBe(false);
    }
  });

  test('a bit flipped anywhere is refused and takes TempKey away', () => {
    const host = chip(OPEN);
    const before = stored(host, 2, 36);
    for (let bit = 0; bit < 8 * 68; bit++) {
      const session = openSession(host, 4, KEY);
      const data = flipped(encryptedKey(session, 2, SCALAR), bit);
      expect(host.status(PRIV_WRITE, 0x40, 2, data), `bit ${bit}`).toBe(0x01);
      expect(hasTempKey(host)).toBe(false);
    }
    expect(stored(host, 2, 36)).toEqual(before);
  });

  test('after the data lock needs WriteConfig bit 14', () => {
    const host = chip({ [slotConfigAt(2)]: 0x2487 });
    const session = openSession(host, 4, KEY);
    expect(host.status(PRIV_WRITE, 0x40, 2, encryptedKey(session, 2, SCALAR))).toBe(0x0f);
  });

  test('needs a private P-256 slot that is secret and not locked, and WriteKey in TempKey', () => {
    const host = chip({ [slotConfigAt(2)]: 0x4407, [slotConfigAt(3)]: 0x4987, [slotConfigAt(0)]: 0x448f });
    expect(host.status(0x17, 0x02)).toBe(0);
    for (const slot of [2, 9, 3, 0]) {
      const session = openSession(host, 4, KEY);
      expect(host.status(PRIV_WRITE, 0x40, slot, encryptedKey(session, slot, SCALAR)), `slot ${slot}`).toBe(0x0f);
    }
    expect(chip({}, 'config').status(PRIV_WRITE, 0x40, 2, clear)).toBe(0x0f);
  });

  test('stores nothing but a scalar behind four zeros', () => {
    const host = chip({}, 'config');
    for (const bad of [
      joined(zeros(36), zeros(32)),
      joined(zeros(4), filled(0xff), zeros(32)),
      joined(filled(1, 4), SCALAR, zeros(32)),
    ]) {
      expect(host.status(PRIV_WRITE, 0x00, 2, bad)).toBe(0x0f);
    }
    expect(stored(host, 2, 36)).toEqual(filled(0xff, 36));
  });

  test('knows no other mode, slot or length', () => {
    const host = chip({}, 'config');
    for (const mode of [0x01, 0x20, 0x80, 0xc0]) expect(host.status(PRIV_WRITE, mode, 2, clear)).toBe(0x03);
    expect(host.status(PRIV_WRITE, 0x00, 16, clear)).toBe(0x03);
    expect(host.status(PRIV_WRITE, 0x00, 2, clear.subarray(1))).toBe(0x03);
  });
});
