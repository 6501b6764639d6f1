import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeCompressed,
  decodeDates,
  definitionFrom,
  encodeCompressed,
  encodeDates,
  padPublicKey,
  rebuildDevice,
  rebuildSigner,
  unpadPublicKey,
} from '../../emulator/host-library/index.ts';
import { chainAt, unhex } from '../unit/host-library/certificates/vectors.ts';

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const signerDefinition = definitionFrom(unhex(chainAt(0).der.signer), 'signer');
const deviceDefinition = definitionFrom(unhex(chainAt(0).der.device), 'device');
const statuses = [0, 4, 5, 11];

/** Random bytes seldom pass the first checks: half of these bear the right ids. */
const compressed = (ids: readonly number[]) =>
  fc.tuple(bytes(72), fc.boolean()).map(([random, identified]) => {
    if (identified) random.set(ids, 69);
    return random;
  });

/** Half of the signatures begin with zeros or a set top bit, where minimal integers differ in length. */
const signature = fc.tuple(bytes(64), fc.nat(33), fc.nat(33)).map(([random, zerosInR, zerosInS]) => {
  if (zerosInR <= 32) random.fill(0, 0, zerosInR);
  if (zerosInS <= 32) random.fill(0, 32, 32 + zerosInS);
  return random;
});

function unsigned(der: Uint8Array, offset: number): [bigint, number] {
  const length = der[offset + 1] ?? 0;
  const text = Buffer.from(der.subarray(offset + 2, offset + 2 + length)).toString('hex');
  return [BigInt(`0x${text}`), offset + 2 + length];
}

describe('whatever the slots hold, a rebuild answers with a status', () => {
  test('signer', () => {
    fc.assert(
      fc.property(
        compressed([0x10, 0x00]),
        bytes(64),
        bytes(72),
        bytes(72),
        (slot12, record, publicKey72, authorityKey72) => {
          const parts = { definition: signerDefinition, compressed: slot12, record, publicKey72, authorityKey72 };
          expect(statuses).toContain(rebuildSigner(parts).status);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('device', () => {
    fc.assert(
      fc.property(
        compressed([0x20, 0xa0]),
        bytes(64),
        bytes(72),
        bytes(18),
        (slot10, publicKey64, authorityKey72, commonName) => {
          const parts = { definition: deviceDefinition, compressed: slot10, publicKey64, authorityKey72, commonName };
          expect(statuses).toContain(rebuildDevice(parts).status);
        },
      ),
      { numRuns: 500 },
    );
  });
});

test('any signature becomes minimal DER integers of the same values, and the lengths around it fit', () => {
  const chain = chainAt(0);
  const slot10 = unhex(chain.slots[10]);
  const parts = { definition: deviceDefinition, publicKey64: unhex(chain.pub.device) };
  fc.assert(
    fc.property(signature, (raw) => {
      slot10.set(raw);
      const rebuilt = rebuildDevice({ ...parts, compressed: slot10, authorityKey72: unhex(chain.slots[11]) });
      if (rebuilt.status !== 0) throw new Error(`status ${rebuilt.status}`);
      const { der } = rebuilt;
      const at = deviceDefinition.elements.signature.offset;
      expect(((der[2] ?? 0) << 8) + (der[3] ?? 0)).toBe(der.length - 4);
      expect([der[at], der[at + 1], der[at + 2]]).toEqual([0x03, der.length - at - 2, 0]);
      expect([der[at + 3], der[at + 4]]).toEqual([0x30, der.length - at - 5]);
      const [r, afterR] = unsigned(der, at + 5);
      const [s, afterS] = unsigned(der, afterR);
      expect(afterS).toBe(der.length);
      const hex = Buffer.from(raw).toString('hex');
      expect([r, s]).toEqual([BigInt(`0x${hex.slice(0, 64)}`), BigInt(`0x${hex.slice(64)}`)]);
      for (const start of [at + 5, afterR]) {
        const [tag, length, first = 0, second = 0] = der.subarray(start);
        expect(tag).toBe(0x02);
        // X.690 8.3.2: the first nine bits are not all alike; and the value is not negative.
        expect(first < 0x80).toBe(true);
        if (length !== 1) expect(first === 0 && second < 0x80).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});

describe('codecs turn both ways', () => {
  test('compressed certificates', () => {
    fc.assert(
      fc.property(bytes(72), (raw) => {
        expect(encodeCompressed(decodeCompressed(raw))).toEqual(raw);
      }),
    );
  });

  test('dates', () => {
    fc.assert(
      fc.property(bytes(3), (raw) => {
        expect(encodeDates(decodeDates(raw))).toEqual(raw);
      }),
    );
  });

  test('padded public keys, whatever the pad bytes hold', () => {
    fc.assert(
      fc.property(bytes(64), bytes(8), (key, pad) => {
        const padded = padPublicKey(key);
        expect([...padded.subarray(0, 4), ...padded.subarray(36, 40)]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
        padded.set(pad.subarray(0, 4));
        padded.set(pad.subarray(4), 36);
        expect(unpadPublicKey(padded)).toEqual(key);
      }),
    );
  });
});
