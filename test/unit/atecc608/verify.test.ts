import { describe, expect, test } from 'vitest';
import {
  type Changes,
  Host,
  hex,
  keyConfigAt,
  makeChip,
  seedChip,
  slotConfigAt,
  toHex,
} from '../../support/atecc608.ts';
import {
  filled,
  flipped,
  hasTempKey,
  joined,
  loadTempKey,
  SERIAL,
  sha256,
  softKey,
  storedPoint,
  zeros,
} from '../../support/atecc608-messages.ts';

const VERIFY = 0x45;
const EXTERNAL = 0x02;
const P256 = 0x0004;
const key = softKey();
const message = new TextEncoder().encode('a message');
const digest = sha256(message);
const signature = key.sign(message);
const NONCE = filled(0x3c);
const IO_KEY = filled(0x4b);

// Slot 14 holds a public key that slot 15's validates; slot 4 is the IO protection key.
const VALIDATED: Changes = { [slotConfigAt(14)]: 0x0f0f, [keyConfigAt(14)]: 0x0032 };
const chip = (changes: Changes = {}, nibble = 0, lock: 'config' | 'both' = 'both') =>
  seedChip({
    changes: { ...VALIDATED, ...changes },
    lock,
    fill: (host) => {
      host.fill(4, IO_KEY);
      host.fill(14, storedPoint(key.point, nibble));
      host.fill(15, storedPoint(key.point));
    },
  });
const toBuffer = (host: Host, value = digest) => host.status(0x16, value.length === 64 ? 0x63 : 0x43, 0, value);

describe('Verify, external', () => {
  test('takes the digest from TempKey or from the Message Digest Buffer, and leaves it', () => {
    const host = chip();
    loadTempKey(host, digest);
    for (let turn = 0; turn < 2; turn++) {
      expect(host.status(VERIFY, EXTERNAL, P256, joined(signature, key.point))).toBe(0);
    }
    expect(host.status(VERIFY, 0x22, P256, joined(signature, key.point))).toBe(0x0f);
    toBuffer(host);
    expect(host.status(VERIFY, 0x22, P256, joined(signature, key.point))).toBe(0);
    expect(hasTempKey(host)).toBe(true);
  });

  test('in every lock state', () => {
    for (const lock of ['none', 'config', 'both'] as const) {
      const host = lock === 'none' ? new Host(makeChip()) : chip({}, 0, lock);
      loadTempKey(host, digest);
      expect(host.status(VERIFY, EXTERNAL, P256, joined(signature, key.point))).toBe(0);
    }
  });

  test('a bit flipped in signature or digest is a miscompare; a point off the curve an execution error', () => {
    const host = chip();
    loadTempKey(host, digest);
    for (let bit = 0; bit < 8 * 64; bit++) {
      expect(host.status(VERIFY, EXTERNAL, P256, joined(flipped(signature, bit), key.point)), `bit ${bit}`).toBe(0x01);
      expect(host.status(VERIFY, EXTERNAL, P256, joined(signature, flipped(key.point, bit))), `bit ${bit}`).toBe(0x0f);
    }
    expect(host.status(VERIFY, EXTERNAL, P256, joined(signature, softKey().point))).toBe(0x01);
    for (let bit = 0; bit < 8 * 32; bit++) {
      loadTempKey(host, flipped(digest, bit));
      expect(host.status(VERIFY, EXTERNAL, P256, joined(signature, key.point)), `bit ${bit}`).toBe(0x01);
    }
  });

  test('takes no private key in TempKey for a digest', () => {
    const host = chip();
    host.command(0x40, 0x04, 0xffff);
    expect(host.status(VERIFY, EXTERNAL, P256, joined(signature, key.point))).toBe(0x0f);
  });

  test('knows no other mode, key id or length', () => {
    const host = chip();
    loadTempKey(host, digest);
    const data = joined(signature, key.point);
    for (const mode of [0x01, 0x04, 0x05, 0x06, 0x0a, 0x12, 0x42])
      expect(host.status(VERIFY, mode, P256, data)).toBe(0x03);
    expect(host.status(VERIFY, EXTERNAL, 0x0000, data)).toBe(0x03);
    expect(host.status(VERIFY, EXTERNAL, P256, signature)).toBe(0x03);
    expect(host.status(VERIFY, 0x00, 15, data)).toBe(0x03);
    expect(host.status(VERIFY, 0x00, 16, signature)).toBe(0x03);
    for (const mode of [0x23, 0x83, 0x27, 0x87]) {
      expect(host.status(VERIFY, mode, 14, joined(signature, zeros(19)))).toBe(0x03);
    }
  });
});

describe('Verify, stored', () => {
  test('under the public key of a slot', () => {
    const host = chip();
    loadTempKey(host, digest);
    expect(host.status(VERIFY, 0x00, 15, signature)).toBe(0);
    expect(host.status(VERIFY, 0x00, 15, flipped(signature, 0))).toBe(0x01);
    toBuffer(host);
    expect(host.status(VERIFY, 0x20, 15, signature)).toBe(0);
    expect(hasTempKey(host)).toBe(true);
  });

  test('a key that needs validation and has none is an execution error', () => {
    for (const [nibble, status] of [
      [0x5, 0x00],
      [0xa, 0x0f],
      [0x0, 0x0f],
    ] as const) {
      const host = chip({}, nibble);
      loadTempKey(host, digest);
      expect(host.status(VERIFY, 0x00, 14, signature)).toBe(status);
    }
  });

  test('needs a public key on the curve', () => {
    const host = chip();
    loadTempKey(host, digest);
    for (const slot of [0, 4, 8, 11]) expect(host.status(VERIFY, 0x00, slot, signature)).toBe(0x0f);
  });

  test('ReqRandom asks a random TempKey', () => {
    const host = chip({ [keyConfigAt(15)]: 0x0070 });
    loadTempKey(host, digest);
    toBuffer(host);
    expect(host.status(VERIFY, 0x00, 15, signature)).toBe(0x0f);
    expect(host.status(VERIFY, 0x20, 15, signature)).toBe(0x0f);
    const numIn = zeros(20);
    const random = host.command(0x16, 0x00, 0, numIn);
    expect(host.status(VERIFY, 0x00, 15, key.sign(joined(random, numIn, hex('160000'))))).toBe(0);
  });

  test('X509format refuses the key: the check that it asks for is not known', () => {
    const host = chip({ 92: 0x0021 });
    loadTempKey(host, digest);
    expect(host.status(VERIFY, 0x00, 15, signature)).toBe(0x0f);
  });

  test('LimitedUse counts each, right or wrong', () => {
    const host = chip({ [slotConfigAt(15)]: 0x0f2f });
    const uses = () => toHex(host.command(0x24, 0, 0));
    loadTempKey(host, digest);
    expect(host.status(VERIFY, 0x00, 15, signature)).toBe(0);
    expect(uses()).toBe('01000000');
    expect(host.status(VERIFY, 0x00, 15, flipped(signature, 0))).toBe(0x01);
    expect(uses()).toBe('02000000');
    expect(host.status(VERIFY, EXTERNAL, P256, joined(signature, key.point))).toBe(0);
    expect(uses()).toBe('02000000');
  });

  test('authorises a use of a key whose AuthKey it is', () => {
    const host = chip({ [keyConfigAt(10)]: 0x0fbc });
    const use = () => host.command(0x08, 0x00, 10, digest).length;
    loadTempKey(host, digest);
    expect(use()).toBe(1);
    host.status(VERIFY, 0x00, 15, signature);
    expect([use(), use()]).toEqual([32, 1]);
    host.status(VERIFY, 0x00, 15, signature);
    host.status(VERIFY, 0x00, 15, flipped(signature, 0));
    expect(use()).toBe(1);
    host.status(VERIFY, EXTERNAL, P256, joined(signature, key.point));
    expect(use()).toBe(1);
  });
});

describe('Verify with a MAC', () => {
  const IO = { 90: 0x4002 };
  const expected = (mode: string, keyId: string) =>
    sha256(IO_KEY, digest, NONCE, signature, hex(`45 ${mode} ${keyId}`));

  test('SHA-256(IO key || digest || nonce || signature || 45 || mode || key id)', () => {
    const host = chip(IO);
    toBuffer(host, joined(digest, NONCE));
    expect(host.command(VERIFY, 0xa2, P256, joined(signature, key.point))).toEqual(expected('A2', '0400'));
    expect(host.command(VERIFY, 0xa0, 15, signature)).toEqual(expected('A0', '0F00'));
    loadTempKey(host, digest);
    toBuffer(host, NONCE);
    expect(host.command(VERIFY, 0x82, P256, joined(signature, key.point))).toEqual(expected('82', '0400'));
    expect(host.status(VERIFY, 0x82, P256, joined(flipped(signature, 9), key.point))).toBe(0x01);
  });

  test('needs the IO protection key and a nonce', () => {
    const without = chip({ 90: 0x4000 });
    toBuffer(without, joined(digest, NONCE));
    expect(without.status(VERIFY, 0xa0, 15, signature)).toBe(0x0f);
    const host = chip(IO);
    toBuffer(host);
    expect(host.status(VERIFY, 0xa0, 15, signature)).toBe(0x0f);
    host.sleep();
    loadTempKey(host, digest);
    expect(host.status(VERIFY, 0x80, 15, signature)).toBe(0x0f);
  });
});

describe('Verify, validate and invalidate', () => {
  const SEED = filled(0x6b);
  const VALIDATE = 0x03;
  const INVALIDATE = 0x07;
  /** OtherData, and the signed message, of Sign's internal mode on another part. */
  const authority = (bit: number, tempKey: Uint8Array) => {
    const other = hex(`00 0F00 0F0F 3200 5E 0000 00000000 0000 01 0${bit} 00`);
    const text = joined(
      tempKey,
      hex('41'),
      other.subarray(0, 10),
      hex('EE'),
      other.subarray(10, 14),
      hex('0123'),
      other.subarray(14),
    );
    return joined(key.sign(text), other);
  };
  const prepare = (host: Host) => {
    loadTempKey(host, SEED);
    expect(host.status(0x40, 0x10, 14, hex('A1B2C3'))).toBe(0);
    return sha256(SEED, hex('40 A1B2C3'), SERIAL, zeros(25), key.point);
  };
  const nibble = (host: Host) => toHex(host.command(0x02, 0x02, 14 << 3)).slice(0, 1);

  test('set the nibble to 5 and to A, and take TempKey', () => {
    const host = chip({}, 0xa);
    expect(authority(0, zeros(32))).toHaveLength(64 + 19);
    expect(host.status(VERIFY, VALIDATE, 14, authority(0, prepare(host)))).toBe(0);
    expect(hasTempKey(host)).toBe(false);
    expect(nibble(host)).toBe('5');
    expect(host.status(VERIFY, INVALIDATE, 14, authority(1, prepare(host)))).toBe(0);
    expect(nibble(host)).toBe('A');
  });

  test('OtherData[17] has to say what the mode says', () => {
    const host = chip({}, 0xa);
    expect(host.status(VERIFY, VALIDATE, 14, authority(1, prepare(host)))).toBe(0x0f);
    expect(host.status(VERIFY, INVALIDATE, 14, authority(0, prepare(host)))).toBe(0x0f);
  });

  test('a bit flipped in signature or OtherData changes nothing', () => {
    const host = chip({}, 0xa);
    for (let bit = 0; bit < 8 * 83; bit++) {
      const data = authority(0, prepare(host));
      const other = bit === 8 * (64 + 17) ? 0x0f : 0x01;
      expect(host.status(VERIFY, VALIDATE, 14, flipped(data, bit)), `bit ${bit}`).toBe(other);
      expect(nibble(host)).toBe('A');
    }
  });

  test('need a TempKey into which GenKey digested this very key', () => {
    const host = chip({}, 0xa);
    const data = authority(0, prepare(host));
    loadTempKey(host, SEED);
    expect(host.status(VERIFY, VALIDATE, 14, data)).toBe(0x0f);
    expect(host.status(0x40, 0x10, 15, hex('A1B2C3'))).toBe(0);
    expect(host.status(VERIFY, VALIDATE, 14, data)).toBe(0x0f);
  });

  test('need the data lock, and a slot that needs validation and is not locked', () => {
    const between = chip({}, 0xa, 'config');
    expect(between.status(VERIFY, VALIDATE, 14, authority(0, prepare(between)))).toBe(0x0f);
    const plain = chip({ [keyConfigAt(14)]: 0x0030 }, 0xa);
    expect(plain.status(VERIFY, VALIDATE, 14, authority(0, prepare(plain)))).toBe(0x0f);
    const locked = chip({}, 0xa);
    expect(locked.status(0x17, 0x02 | (14 << 2))).toBe(0);
    expect(locked.status(VERIFY, VALIDATE, 14, authority(0, prepare(locked)))).toBe(0x0f);
  });

  // Data sheet, SlotConfig: LimitedUse counts each use of the slot's key, which here is the one that ReadKey names.
  test('are a use of the key that validates, right or wrong, and none of the one that is validated', () => {
    for (const [limited, count] of [
      [{ [slotConfigAt(15)]: 0x0f2f }, 1],
      [{ [slotConfigAt(14)]: 0x0f2f }, 0],
    ] as const) {
      const host = chip(limited, 0xa);
      const uses = () => new DataView(host.command(0x24, 0, 0).buffer).getUint32(0, true);
      const good = authority(0, prepare(host));
      expect(host.status(VERIFY, VALIDATE, 14, flipped(good, 3))).toBe(0x01);
      expect(uses()).toBe(count);
      expect(host.status(VERIFY, VALIDATE, 14, authority(0, prepare(host)))).toBe(0);
      expect(uses()).toBe(2 * count);
      expect(host.status(VERIFY, VALIDATE, 14, good)).toBe(0x0f);
      expect(uses()).toBe(2 * count);
    }
  });

  test('a validated key that is written loses its validity', () => {
    const host = chip({}, 0x5);
    expect(host.status(0x12, 0x02, (14 << 3) | 0x101, zeros(4))).toBe(0);
    expect(nibble(host)).toBe('A');
  });
});
