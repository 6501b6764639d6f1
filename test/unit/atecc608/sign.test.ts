import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../emulator/clock/index.ts';
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
import { sha256, verifies } from '../../support/atecc608-messages.ts';

const NONCE = 0x16;
const GEN_KEY = 0x40;
const SIGN = 0x41;
const EXTERNAL = 0x80;
const EXTERNAL_FROM_BUFFER = 0xa0;
const INTERNAL = 0x00;

const message = new TextEncoder().encode('a message of the host');
const digest = sha256(message);

const withKey = (changes: Changes = {}, slot = 0, lock: 'config' | 'both' = 'both') =>
  seedChip({ changes, lock, fill: (host) => host.command(GEN_KEY, 0x04, slot) });
const toBuffer = (host: Host) => host.status(NONCE, 0x43, 0, digest);
const toTempKey = (host: Host) => host.status(NONCE, 0x03, 0, digest);
const counter0 = (host: Host) => toHex(host.command(0x02, 0x80, 0x08).subarray(20, 28));

describe('Sign of a digest from outside', () => {
  test('signs the first 32 bytes of the Message Digest Buffer, which stays', () => {
    const host = withKey();
    const point = host.command(GEN_KEY, 0x00, 0);
    expect(host.status(NONCE, 0x63, 0, Uint8Array.of(...digest, ...new Uint8Array(32)))).toBe(0);
    for (let turn = 0; turn < 2; turn++) {
      const signature = host.command(SIGN, EXTERNAL_FROM_BUFFER, 0);
      expect(verifies(point, message, signature)).toBe(true);
    }
  });

  test('never signs twice with the same nonce', () => {
    const host = withKey();
    toBuffer(host);
    const first = host.command(SIGN, EXTERNAL_FROM_BUFFER, 0);
    const second = host.command(SIGN, EXTERNAL_FROM_BUFFER, 0);
    expect(toHex(first.subarray(0, 32))).not.toBe(toHex(second.subarray(0, 32)));
  });

  test('signs TempKey, which is gone afterwards', () => {
    const host = withKey();
    const point = host.command(GEN_KEY, 0x00, 0);
    toTempKey(host);
    expect(verifies(point, message, host.command(SIGN, EXTERNAL, 0))).toBe(true);
    expect(toHex(host.command(0x30, 2))).toBe('00000000');
    expect(host.status(SIGN, EXTERNAL, 0)).toBe(0x0f);
  });

  test('takes TempKey and the Message Digest Buffer for two things', () => {
    const host = withKey();
    toTempKey(host);
    expect(host.status(SIGN, EXTERNAL_FROM_BUFFER, 0)).toBe(0x0f);
    toBuffer(host);
    expect(host.command(SIGN, EXTERNAL_FROM_BUFFER, 0)).toHaveLength(64);
    expect(toHex(host.command(0x30, 2))).toBe('10800000');
  });

  test('works between the locks, not before them', () => {
    const between = withKey({}, 0, 'config');
    toBuffer(between);
    expect(between.command(SIGN, EXTERNAL_FROM_BUFFER, 0)).toHaveLength(64);
    const fresh = new Host(makeChip());
    toBuffer(fresh);
    expect(fresh.status(SIGN, EXTERNAL_FROM_BUFFER, 0)).toBe(0x0f);
  });

  test('needs a private P-256 key that may sign digests from outside', () => {
    const host = seedChip();
    toBuffer(host);
    for (const slot of [1, 4, 5, 8, 11]) expect(host.status(SIGN, EXTERNAL_FROM_BUFFER, slot)).toBe(0x0f);
    // Slot 7 of the original firmware signs internal messages only.
    const internal = withKey({}, 7);
    toBuffer(internal);
    expect(internal.status(SIGN, EXTERNAL_FROM_BUFFER, 7)).toBe(0x0f);
  });

  test('an invalid stored scalar is an ECC fault', () => {
    const host = seedChip();
    toBuffer(host);
    expect(host.status(SIGN, EXTERNAL_FROM_BUFFER, 0)).toBe(0x05);
  });

  test('ReqRandom asks a random TempKey, and nothing of the Message Digest Buffer', () => {
    const host = withKey({ [keyConfigAt(0)]: 0x0073 });
    toTempKey(host);
    expect(host.status(SIGN, EXTERNAL, 0)).toBe(0x0f);
    toBuffer(host);
    expect(host.command(SIGN, EXTERNAL_FROM_BUFFER, 0)).toHaveLength(64);
    host.command(NONCE, 0x00, 0, new Uint8Array(20));
    expect(host.command(SIGN, EXTERNAL, 0)).toHaveLength(64);
  });

  test('ReqAuth refuses without authorisation', () => {
    const host = withKey({ [keyConfigAt(0)]: 0x00b3 });
    toBuffer(host);
    expect(host.status(SIGN, EXTERNAL_FROM_BUFFER, 0)).toBe(0x0f);
  });

  test('PersistentDisable refuses until the latch is set', () => {
    const host = withKey({ [keyConfigAt(0)]: 0x1033 });
    toBuffer(host);
    expect(host.status(SIGN, EXTERNAL_FROM_BUFFER, 0)).toBe(0x0f);
    host.command(0x30, 4, 0x0003);
    expect(host.command(SIGN, EXTERNAL_FROM_BUFFER, 0)).toHaveLength(64);
  });

  test('knows no other mode, key id or data', () => {
    const host = withKey();
    toBuffer(host);
    toTempKey(host);
    for (const mode of [0x02, 0x84, 0x90, 0x20]) expect(host.status(SIGN, mode, 0)).toBe(0x03);
    for (const keyId of [16, 0xffff]) expect(host.status(SIGN, EXTERNAL_FROM_BUFFER, keyId)).toBe(0x03);
    expect(host.status(SIGN, EXTERNAL_FROM_BUFFER, 0, new Uint8Array(32))).toBe(0x03);
  });
});

describe('LimitedUse', () => {
  const LIMITED = { [slotConfigAt(0)]: 0x20af };
  const sign = (host: Host) => host.command(SIGN, EXTERNAL_FROM_BUFFER, 0).length;

  test('counts each signature in counter 0, and nothing else', () => {
    const host = withKey(LIMITED);
    toBuffer(host);
    expect(counter0(host)).toBe('FFFFFFFF00000000');
    expect(sign(host)).toBe(64);
    expect(counter0(host)).toBe('7FFFFFFF00000000');
    for (let use = 2; use <= 17; use++) expect(sign(host)).toBe(64);
    expect(counter0(host)).toBe('00007FFF00000000');
    expect(host.status(SIGN, EXTERNAL, 0)).toBe(0x0f);
    expect(counter0(host)).toBe('00007FFF00000000');
    const unlimited = withKey();
    toBuffer(unlimited);
    sign(unlimited);
    expect(counter0(unlimited)).toBe('FFFFFFFF00000000');
  });

  test('ends at 2,097,151', () => {
    // linA, linB, binA, binB of 2,097,150.
    const host = withKey({ ...LIMITED, 52: 0x0000, 54: 0x0300, 56: 0xffff, 58: 0xffff });
    toBuffer(host);
    expect(counter0(host)).toBe('00000003FFFFFFFF');
    expect(sign(host)).toBe(64);
    expect(counter0(host)).toBe('00000001FFFFFFFF');
    expect(host.status(SIGN, EXTERNAL_FROM_BUFFER, 0)).toBe(0x0f);
    expect(counter0(host)).toBe('00000001FFFFFFFF');
  });

  test('with CountMatch ends at the number in the slot that it names', () => {
    const host = seedChip({
      changes: { ...LIMITED, 18: 0x00a1 },
      fill: (open) => {
        open.command(GEN_KEY, 0x04, 0);
        open.fill(10, hex('02000000'));
      },
    });
    toBuffer(host);
    expect([sign(host), sign(host), sign(host)]).toEqual([64, 64, 1]);
    expect(counter0(host)).toBe('3FFFFFFF00000000');
    expect(host.status(0x12, 0x02, 0x0050, hex('03000000'))).toBe(0);
    expect([sign(host), sign(host)]).toEqual([64, 1]);
    // All 32 bits of the number count: 65,536 has no bit in the lower half.
    expect(host.status(0x12, 0x02, 0x0050, hex('00000100'))).toBe(0);
    expect(sign(host)).toBe(64);
  });
});

describe('Sign of an internal message', () => {
  const nonce = new Uint8Array(32).fill(0x11);
  /** A chip with keys in slots 2 and 7, and slot 2's public key digested into TempKey; and that TempKey's value. */
  const prepared = () => {
    const host = seedChip({
      fill: (open) => {
        open.command(GEN_KEY, 0x04, 2);
        open.command(GEN_KEY, 0x04, 7);
      },
    });
    const signer = host.command(GEN_KEY, 0x00, 7);
    host.status(NONCE, 0x03, 0, nonce);
    const subject = host.command(GEN_KEY, 0x08, 2);
    const tempKey = sha256(nonce, hex('40 08 0200 EE 0123'), new Uint8Array(25), subject);
    return { host, signer, tempKey };
  };

  // Slot 2 of the original firmware's configuration: SlotConfig 87 20, KeyConfig 13 00. Flags: key 2, fixed input, GenKeyData.
  const about2 = '8720 1300 52 0000';

  test('signs 55 bytes about the slot that GenKey mixed in', () => {
    const { host, signer, tempKey } = prepared();
    const signature = host.command(SIGN, INTERNAL, 7);
    const text = Uint8Array.of(...tempKey, ...hex(`41 00 0700 ${about2} EE 00000000 0123 0000 01 00 00`));
    expect(text).toHaveLength(55);
    expect(verifies(signer, text, signature)).toBe(true);
    expect(toHex(host.command(0x30, 2))).toBe('00000000');
  });

  test('with the whole serial number, and for invalidating', () => {
    const { host, signer, tempKey } = prepared();
    const signature = host.command(SIGN, 0x41, 7);
    const text = Uint8Array.of(...tempKey, ...hex(`41 41 0700 ${about2} EE C3D4E5F6 0123 A1B2 01 00 00`));
    expect(verifies(signer, text, signature)).toBe(true);
  });

  test('says of a public key whether it is validated, and of a slot whether it is locked', () => {
    const host = seedChip({
      changes: { [keyConfigAt(12)]: 0x0032 },
      fill: (open) => {
        open.command(GEN_KEY, 0x04, 7);
        open.fill(12, hex('50000000'));
        open.status(0x17, 0x02 | (12 << 2));
      },
    });
    const signer = host.command(GEN_KEY, 0x00, 7);
    host.status(NONCE, 0x03, 0, nonce);
    expect(host.status(GEN_KEY, 0x10, 12, hex('000000'))).toBe(0);
    // Slot 12's bytes after the first four are padding of the write, then FF as from the factory.
    const held = Uint8Array.of(...new Uint8Array(28), ...new Uint8Array(4).fill(0xff));
    const y = new Uint8Array(32).fill(0xff);
    const tempKey = sha256(nonce, hex('40 000000 EE 0123'), new Uint8Array(25), held, y);
    const signature = host.command(SIGN, INTERNAL, 7);
    const text = Uint8Array.of(...tempKey, ...hex('41 00 0700 0F0F 3200 5C 0000 EE 00000000 0123 0000 00 01 00'));
    expect(verifies(signer, text, signature)).toBe(true);
  });

  // 3C00 is data, 3000 a public key that needs no validation.
  test.each(['3C00', '3000'])('of a slot with KeyConfig %s the first nibble 5 says nothing', (keyConfig) => {
    const contents = Uint8Array.of(0x5a, ...new Uint8Array(31).fill(0x77));
    const host = seedChip({
      changes: { [keyConfigAt(12)]: Number.parseInt(keyConfig.slice(0, 2), 16) },
      fill: (open) => {
        open.command(GEN_KEY, 0x04, 7);
        open.fill(12, contents);
      },
    });
    const signer = host.command(GEN_KEY, 0x00, 7);
    host.status(NONCE, 0x03, 0, nonce);
    expect(host.status(0x15, 0x02, 12)).toBe(0);
    const tempKey = sha256(contents, hex('15 02 0C00 EE 0123'), new Uint8Array(25), nonce);
    const signature = host.command(SIGN, INTERNAL, 7);
    const about12 = `0F0F ${keyConfig} 3C 0000`;
    const text = Uint8Array.of(...tempKey, ...hex(`41 00 0700 ${about12} EE 00000000 0123 0000 01 00 00`));
    expect(verifies(signer, text, signature)).toBe(true);
  });

  test('needs a key that may sign them, and a TempKey that GenKey made', () => {
    const { host } = prepared();
    // Slot 0 of a chip whose SlotConfig lacks the bit.
    const external = withKey({ [slotConfigAt(0)]: 0x208d });
    external.status(NONCE, 0x03, 0, nonce);
    external.command(GEN_KEY, 0x08, 0);
    expect(external.status(SIGN, INTERNAL, 0)).toBe(0x0f);
    host.status(NONCE, 0x03, 0, nonce);
    expect(host.status(SIGN, INTERNAL, 7)).toBe(0x0f);
    host.sleep();
    expect(host.status(SIGN, INTERNAL, 7)).toBe(0x0f);
  });
});

test('the signature of a seeded chip repeats', () => {
  const clock = new ManualClock();
  const signatures = [0, 1].map(() => {
    const host = seedChip({ clock, fill: (open) => open.command(GEN_KEY, 0x04, 0) });
    toBuffer(host);
    return toHex(host.command(SIGN, EXTERNAL_FROM_BUFFER, 0));
  });
  expect(signatures[0]).toBe(signatures[1]);
});
