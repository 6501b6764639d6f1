import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  Host,
  hex,
  keyConfigAt,
  makeChip,
  scriptedRng,
  seedChip,
  slotConfigAt,
  toHex,
} from '../../support/atecc608.ts';

const GEN_KEY = 0x40;
const CREATE = 0x04;
const PUBLIC = 0x00;
const TEMP_KEY = 0xffff;

// RFC 6979 A.2.5.
const SCALAR = hex('C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721');
const POINT = hex(`
  60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6
  7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299`);

const made = (changes = {}, slot = 0, lock: 'config' | 'both' = 'both') =>
  seedChip({ rng: scriptedRng([SCALAR]), changes, lock, fill: (host) => host.command(GEN_KEY, CREATE, slot) });
const sha256 = (...parts: Uint8Array[]) => new Uint8Array(createHash('sha256').update(Buffer.concat(parts)).digest());

describe('GenKey', () => {
  test('creates a key: four bytes of padding and the scalar in the slot, the point to the host', () => {
    const host = seedChip({ rng: scriptedRng([SCALAR]), lock: 'config' });
    expect(host.command(GEN_KEY, CREATE, 3)).toEqual(POINT);
    expect(toHex(host.chip.memory.subarray(192 + 3 * 36, 192 + 4 * 36))).toBe(`00000000${toHex(SCALAR)}`);
    expect(host.chip.memory.subarray(192 + 4 * 36, 1400).every((byte) => byte === 0xff)).toBe(true);
  });

  test('draws again where the generator gives no scalar', () => {
    const rng = scriptedRng([new Uint8Array(32).fill(0xff), new Uint8Array(32), SCALAR]);
    expect(seedChip({ rng }).command(GEN_KEY, CREATE, 0)).toEqual(POINT);
  });

  test('answers the point of a key that it made', () => {
    expect(made().command(GEN_KEY, PUBLIC, 0)).toEqual(POINT);
    expect(made({}, 0, 'config').command(GEN_KEY, PUBLIC, 0)).toEqual(POINT);
  });

  test('an invalid stored scalar is an ECC fault', () => {
    expect(seedChip().status(GEN_KEY, PUBLIC, 0)).toBe(0x05);
  });

  test('does nothing before the configuration lock', () => {
    const host = new Host(makeChip());
    for (const keyId of [0, TEMP_KEY]) expect(host.status(GEN_KEY, CREATE, keyId)).toBe(0x0f);
    expect(host.status(GEN_KEY, PUBLIC, 0)).toBe(0x0f);
  });

  test('needs a slot for a private P-256 key', () => {
    const host = seedChip();
    for (const slot of [1, 4, 5, 8, 11]) {
      expect(host.status(GEN_KEY, CREATE, slot)).toBe(0x0f);
      expect(host.status(GEN_KEY, PUBLIC, slot)).toBe(0x0f);
    }
  });

  test('creates between the locks whatever WriteConfig says, and after them only where its bit 13 is set', () => {
    const changes = { [slotConfigAt(0)]: 0x008f };
    expect(seedChip({ changes, lock: 'config' }).command(GEN_KEY, CREATE, 0)).toHaveLength(64);
    expect(seedChip({ changes }).status(GEN_KEY, CREATE, 0)).toBe(0x0f);
    expect(seedChip().command(GEN_KEY, CREATE, 0)).toHaveLength(64);
  });

  test('answers the public key only where PubInfo is set, but always that of a new one', () => {
    const host = seedChip({ changes: { [keyConfigAt(0)]: 0x0031 } });
    expect(host.command(GEN_KEY, CREATE, 0)).toHaveLength(64);
    expect(host.status(GEN_KEY, PUBLIC, 0)).toBe(0x0f);
  });

  test('ReqRandom and LimitedUse do not concern it', () => {
    const host = made({ [keyConfigAt(0)]: 0x0073, [slotConfigAt(0)]: 0x20af });
    expect(host.command(GEN_KEY, PUBLIC, 0)).toEqual(POINT);
    expect(host.command(GEN_KEY, CREATE, 0)).toHaveLength(64);
    expect(toHex(host.command(0x02, 0, 0x0d))).toBe('FFFFFFFF');
  });

  test('knows no other mode, key id or length', () => {
    const host = seedChip();
    for (const mode of [0x01, 0x14, 0x18, 0x20, 0x24, 0x80]) expect(host.status(GEN_KEY, mode, 0)).toBe(0x03);
    for (const mode of [PUBLIC, 0x08, 0x0c, 0x10]) expect(host.status(GEN_KEY, mode, TEMP_KEY)).toBe(0x03);
    expect(host.status(GEN_KEY, CREATE, 16)).toBe(0x03);
    expect(host.status(GEN_KEY, CREATE, 0, new Uint8Array(3))).toBe(0x03);
    expect(host.status(GEN_KEY, 0x10, 11)).toBe(0x03);
  });
});

describe('GenKey into TempKey', () => {
  const host = () => {
    const chip = seedChip({ rng: scriptedRng([SCALAR]) });
    expect(chip.command(GEN_KEY, CREATE, TEMP_KEY)).toEqual(POINT);
    return chip;
  };

  test('makes a key that survives Random, Read, Write, Info and other keys', () => {
    const chip = host();
    chip.command(0x1b);
    chip.command(0x02, 0x80, 0);
    chip.status(0x12, 0x82, 0x0020, new Uint8Array(32));
    chip.command(0x30);
    chip.command(GEN_KEY, CREATE, 0);
    chip.command(GEN_KEY, PUBLIC, 0);
    expect(chip.command(0x43, 0x0d, 0, POINT)).toHaveLength(32);
  });

  test('makes nothing that a message could be made of', () => {
    expect(host().status(GEN_KEY, 0x08, 0)).toBe(0x0f);
    expect(host().status(GEN_KEY, 0x0c, 0)).toBe(0x0f);
    expect(host().status(GEN_KEY, 0x10, 11, new Uint8Array(3))).toBe(0x0f);
    expect(host().status(0x41, 0x80, 0)).toBe(0x0f);
    expect(host().status(0x41, 0x00, 0)).toBe(0x0f);
  });
});

describe('GenKey digests', () => {
  const nonce = new Uint8Array(32).fill(0x6b);
  const serial = hex('EE 0123');
  const zeros = new Uint8Array(25);
  /** TempKey shows in the result of Nonce's calculation, which starts from it. */
  const expectTempKey = (host: Host, value: Uint8Array, flags: string) => {
    expect(toHex(host.command(0x30, 2))).toBe(flags);
    const numIn = new Uint8Array(20);
    expect(host.command(0x16, 0, 0x8000, numIn)).toEqual(sha256(value, numIn, hex('160000')));
  };

  test('TempKey = SHA-256(TempKey || 40 || mode || key id || SN[8] || SN[0:1] || 25 × 00 || X || Y)', () => {
    const host = made({}, 3);
    host.status(0x16, 0x03, 0, nonce);
    expect(host.command(GEN_KEY, 0x08, 3)).toEqual(POINT);
    expectTempKey(host, sha256(nonce, hex('40 08 0300'), serial, zeros, POINT), '53800000');
  });

  test('of a new key, in one command', () => {
    const host = seedChip({ rng: scriptedRng([SCALAR]) });
    host.status(0x16, 0x23, 0, Uint8Array.of(...nonce, ...new Uint8Array(32)));
    expect(host.command(GEN_KEY, 0x0c, 2)).toEqual(POINT);
    expectTempKey(host, sha256(nonce, hex('40 0C 0200'), serial, zeros, POINT), '52800000');
  });

  test('of a stored public key, with OtherData for mode and key id', () => {
    const stored = Uint8Array.of(0, 0, 0, 0, ...POINT.subarray(0, 32), 0, 0, 0, 0, ...POINT.subarray(32));
    const host = seedChip({ rng: scriptedRng([nonce]), fill: (open) => open.fill(11, stored) });
    host.command(0x16, 0x00, 0, new Uint8Array(20));
    const seed = sha256(nonce, new Uint8Array(20), hex('160000'));
    expect(host.status(GEN_KEY, 0x10, 11, hex('A1B2C3'))).toBe(0);
    expectTempKey(host, sha256(seed, hex('40 A1B2C3'), serial, zeros, POINT), '4B800000');
  });

  test('need a TempKey, and do not make a key without one', () => {
    const host = made();
    expect(host.status(GEN_KEY, 0x08, 0)).toBe(0x0f);
    expect(host.status(GEN_KEY, 0x10, 11, new Uint8Array(3))).toBe(0x0f);
    expect(host.status(GEN_KEY, 0x0c, 0)).toBe(0x0f);
    expect(host.command(GEN_KEY, PUBLIC, 0)).toEqual(POINT);
  });

  test('of a stored public key need a slot for one, long enough', () => {
    const host = made({ [keyConfigAt(5)]: 0x0030 });
    host.status(0x16, 0x03, 0, nonce);
    for (const slot of [0, 4, 5, 8]) expect(host.status(GEN_KEY, 0x10, slot, new Uint8Array(3))).toBe(0x0f);
  });
});
