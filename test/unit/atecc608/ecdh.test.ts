import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type Changes,
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
const ECDH = 0x43;
const CHIP_OPTIONS = 90;

// RFC 5903 8.1: the initiator's key, the responder's point, their secret.
const SCALAR = hex('C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433');
const PEER = hex(`
  D12DFB5289C8D4F81208B70270398C342296970A0BCCB74C736FC7554494BF63
  56FBF3CA366CC23E8157854C13C58D6AAC23F046ADA30F8353E74F33039872AB`);
const SECRET = hex('D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE');

const IO_KEY = Uint8Array.from({ length: 32 }, (_, index) => 0x30 + index);
const OUT_NONCE = Uint8Array.from({ length: 32 }, (_, index) => 0xc0 + index);

/** SlotConfig 0x2085: signs and agrees, and the secret goes out. */
const OUTGOING: Changes = { [slotConfigAt(0)]: 0x2085 };
const withOptions = (chipOptions: number): Changes => ({ ...OUTGOING, [CHIP_OPTIONS]: chipOptions });

const withKey = (changes: Changes = OUTGOING, lock: 'config' | 'both' = 'both') =>
  seedChip({
    changes,
    lock,
    rng: scriptedRng([SCALAR, OUT_NONCE]),
    fill: (host) => {
      host.command(GEN_KEY, 0x04, 0);
      host.fill(4, IO_KEY);
    },
  });

const withTempKey = (changes: Changes = {}) => {
  const host = seedChip({
    changes,
    rng: scriptedRng([SCALAR, OUT_NONCE]),
    fill: (open) => open.fill(4, IO_KEY),
  });
  host.command(GEN_KEY, 0x04, 0xffff);
  return host;
};

/** XOR with SHA-256(IO key || OutNonce[0:15]). */
function encrypted(secret: Uint8Array): Uint8Array {
  const pad = createHash('sha256').update(IO_KEY).update(OUT_NONCE.subarray(0, 16)).digest();
  return Uint8Array.of(...secret.map((byte, index) => byte ^ (pad[index] as number)), ...OUT_NONCE);
}

const held = (host: Host, slot: number) => host.chip.memory.subarray(192 + 36 * slot, 192 + 36 * slot + 32);
/** TempKey shows in the result of Nonce's calculation, which starts from it. */
const calculated = (host: Host) => host.command(0x16, 0, 0x8000, new Uint8Array(20));
const fromSecret = new Uint8Array(
  createHash('sha256').update(SECRET).update(new Uint8Array(20)).update(hex('160000')).digest(),
);

describe('ECDH with a key in a slot', () => {
  test('answers the secret in clear, mode 00 or 0C', () => {
    for (const mode of [0x00, 0x0c]) {
      for (const lock of ['config', 'both'] as const) {
        expect(withKey(OUTGOING, lock).command(ECDH, mode, 0, PEER)).toEqual(SECRET);
      }
    }
  });

  test('answers the secret encrypted with the IO protection key, and the nonce', () => {
    expect(withKey().command(ECDH, 0x0e, 0, PEER)).toEqual(encrypted(SECRET));
  });

  test('writes the secret to slot N|1 where SlotConfig bit 3 is set, mode 00', () => {
    const host = withKey({});
    expect(host.status(ECDH, 0x00, 0, PEER)).toBe(0);
    expect(held(host, 1)).toEqual(SECRET);
    expect(host.status(0x02, 0x82, 1 << 3)).toBe(0x0f);
  });

  test('writes the secret to slot N|1, mode 04', () => {
    const host = withKey();
    expect(host.status(ECDH, 0x04, 0, PEER)).toBe(0);
    expect(held(host, 1)).toEqual(SECRET);
  });

  test('makes the secret TempKey, mode 08', () => {
    const host = withKey();
    expect(host.status(ECDH, 0x08, 0, PEER)).toBe(0);
    expect(toHex(host.command(0x30, 2))).toBe('10800000');
    expect(calculated(host)).toEqual(fromSecret);
  });

  test('SlotConfig bit 3 keeps the secret inside', () => {
    for (const mode of [0x0c, 0x0e]) expect(withKey({}).status(ECDH, mode, 0, PEER)).toBe(0x0f);
    expect(withKey({}).status(ECDH, 0x08, 0, PEER)).toBe(0);
  });

  test('does not overwrite a private key, a locked slot or one that is never written', () => {
    expect(withKey({ ...OUTGOING, [keyConfigAt(1)]: 0x0013 }).status(ECDH, 0x04, 0, PEER)).toBe(0x0f);
    expect(withKey({ ...OUTGOING, [slotConfigAt(1)]: 0x8480 }).status(ECDH, 0x04, 0, PEER)).toBe(0x0f);
    expect(withKey({ ...OUTGOING, [slotConfigAt(1)]: 0x2480 }).status(ECDH, 0x04, 0, PEER)).toBe(0x0f);
    const host = withKey({ ...OUTGOING, [keyConfigAt(1)]: 0x003c });
    expect(host.status(0x17, 0x02 | (1 << 2))).toBe(0);
    expect(host.status(ECDH, 0x04, 0, PEER)).toBe(0x0f);
    expect(toHex(held(host, 1))).toBe('FF'.repeat(32));
  });

  test('needs a private P-256 key that may agree', () => {
    const host = withKey();
    for (const slot of [1, 4, 5, 8, 11]) expect(host.status(ECDH, 0x0c, slot, PEER)).toBe(0x0f);
    expect(withKey({ [slotConfigAt(0)]: 0x2083 }).status(ECDH, 0x0c, 0, PEER)).toBe(0x0f);
  });

  test('does nothing before the configuration lock', () => {
    expect(new Host(makeChip()).status(ECDH, 0x0c, 0, PEER)).toBe(0x0f);
  });

  test('a peer that is not on the curve is refused; an invalid stored scalar is an ECC fault', () => {
    const host = withKey();
    const off = PEER.slice();
    off[63] = (off[63] as number) ^ 1;
    expect(host.status(ECDH, 0x0c, 0, off)).toBe(0x0f);
    expect(host.status(ECDH, 0x0c, 0, new Uint8Array(64))).toBe(0x0f);
    expect(seedChip({ changes: OUTGOING }).status(ECDH, 0x0c, 0, PEER)).toBe(0x05);
  });

  test('counts the uses of a limited key', () => {
    const host = withKey({ [slotConfigAt(0)]: 0x20a5, 18: 0x00a1, [slotConfigAt(10)]: 0x0f0f });
    host.status(0x12, 0x02, 0x0050, hex('01000000'));
    const off = new Uint8Array(64);
    expect(host.status(ECDH, 0x0c, 0, off)).toBe(0x0f);
    expect(host.command(ECDH, 0x0c, 0, PEER)).toEqual(SECRET);
    expect(host.status(ECDH, 0x0c, 0, PEER)).toBe(0x0f);
    expect(toHex(host.command(0x02, 0x00, 0x0d))).toBe('7FFFFFFF');
  });

  test('ReqAuth and PersistentDisable hold for it', () => {
    expect(withKey({ ...OUTGOING, [keyConfigAt(0)]: 0x00b3 }).status(ECDH, 0x0c, 0, PEER)).toBe(0x0f);
    const host = withKey({ ...OUTGOING, [keyConfigAt(0)]: 0x1033 });
    expect(host.status(ECDH, 0x0c, 0, PEER)).toBe(0x0f);
    host.command(0x30, 4, 0x0003);
    expect(host.command(ECDH, 0x0c, 0, PEER)).toEqual(SECRET);
  });

  test('knows no other mode, key id or length', () => {
    const host = withKey();
    for (const mode of [0x10, 0x80, 0x02, 0x06, 0x0a]) expect(host.status(ECDH, mode, 0, PEER)).toBe(0x03);
    for (const keyId of [16, 0xffff]) expect(host.status(ECDH, 0x0c, keyId, PEER)).toBe(0x03);
    expect(host.status(ECDH, 0x0c, 0, PEER.subarray(1))).toBe(0x03);
  });
});

describe('ECDH with the key in TempKey', () => {
  test('answers the secret encrypted, once: the firmware’s 0F', () => {
    const host = withTempKey();
    expect(host.command(ECDH, 0x0f, 0, PEER)).toEqual(encrypted(SECRET));
    expect(host.status(ECDH, 0x0f, 0, PEER)).toBe(0x0f);
    expect(toHex(host.command(0x30, 2))).toBe('00000000');
  });

  test('answers the secret in clear', () => {
    expect(withTempKey().command(ECDH, 0x0d, 0, PEER)).toEqual(SECRET);
  });

  test('makes the secret TempKey, which is no private key any more', () => {
    const host = withTempKey();
    expect(host.status(ECDH, 0x09, 0, PEER)).toBe(0);
    expect(toHex(host.command(0x30, 2))).toBe('10800000');
    expect(host.status(ECDH, 0x09, 0, PEER)).toBe(0x0f);
    expect(calculated(host)).toEqual(fromSecret);
  });

  test('writes the secret to the slot that it names, 05', () => {
    const host = withTempKey();
    expect(host.status(ECDH, 0x05, 4, PEER)).toBe(0);
    expect(held(host, 4)).toEqual(SECRET);
    expect(withTempKey().status(ECDH, 0x05, 0, PEER)).toBe(0x0f);
    expect(withTempKey().status(ECDH, 0x05, 16, PEER)).toBe(0x03);
  });

  test('needs a private key there, and keeps it for a peer that is a point', () => {
    const host = seedChip();
    expect(host.status(ECDH, 0x0d, 0, PEER)).toBe(0x0f);
    host.status(0x16, 0x03, 0, SCALAR);
    expect(host.status(ECDH, 0x0d, 0, PEER)).toBe(0x0f);
    const ready = withTempKey();
    expect(ready.status(ECDH, 0x0d, 0, new Uint8Array(64))).toBe(0x0f);
    expect(ready.command(ECDH, 0x0d, 0, PEER)).toEqual(SECRET);
  });

  test('has no SlotConfig to go by', () => {
    expect(withTempKey().status(ECDH, 0x01, 0, PEER)).toBe(0x03);
  });
});

describe('ChipOptions', () => {
  // Bit 1 enables the IO protection key, bits 15:12 name its slot, bits 9:8 are the protection.
  const outcome = (chipOptions: number, mode: number) =>
    withKey(withOptions(chipOptions)).command(ECDH, mode, 0, PEER).length;

  test.each([
    ['none', 0x4002, 32, 64, 1],
    ['none, IO protection off', 0x4000, 32, 1, 1],
    ['only encrypted output', 0x4102, 1, 64, 1],
    ['no output', 0x4202, 1, 1, 1],
    ['prohibited', 0x4302, 1, 1, 1],
  ])('protection: %s', (_, chipOptions, clear, encryptedLength, inside) => {
    expect(outcome(chipOptions, 0x0c)).toBe(clear);
    expect(outcome(chipOptions, 0x00)).toBe(clear);
    expect(outcome(chipOptions, 0x0e)).toBe(encryptedLength);
    expect(outcome(chipOptions, 0x04)).toBe(inside);
    expect(outcome(chipOptions, 0x08)).toBe(inside);
  });

  test('protection 2 lets the secret stay inside, 3 does not', () => {
    for (const mode of [0x04, 0x08]) {
      expect(withKey(withOptions(0x4202)).status(ECDH, mode, 0, PEER)).toBe(0x00);
      expect(withKey(withOptions(0x4302)).status(ECDH, mode, 0, PEER)).toBe(0x0f);
    }
  });

  test('an older configuration without IO protection refuses the firmware’s encrypted ECDH', () => {
    expect(withTempKey({ [CHIP_OPTIONS]: 0x0000 }).status(ECDH, 0x0f, 0, PEER)).toBe(0x0f);
  });

  test('a private key is no IO protection key', () => {
    expect(withKey(withOptions(0x2002)).status(ECDH, 0x0e, 0, PEER)).toBe(0x0f);
  });
});
