import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../../emulator/crypto/noble.ts';
import { hex, seedChip } from '../../support/atecc608.ts';
import { joined, sha256, zeros } from '../../support/atecc608-messages.ts';

interface Vectors {
  readonly sigVer: readonly { msg: string; q: string; signature: string; result: string }[];
  readonly ecdsa: readonly {
    q: string;
    tests: readonly { tcId: number; msg: string; sig: string; valid: boolean }[];
  }[];
  readonly ecdh: readonly { tcId: number; private: string; public: string; shared: string; valid: boolean }[];
}

const vectors: Vectors = JSON.parse(readFileSync('test/vectors/p256.json', 'utf8'));
/** Private, agrees, and its secret goes out. */
const KEY_SLOT = 2;

describe.each([nodeCrypto, nobleCrypto])('with $name', (crypto) => {
  const host = seedChip({ crypto, lock: 'config' });
  const verify = (point: string, message: string, signature: string) => {
    host.status(0x16, 0x43, 0, sha256(hex(message)));
    return host.status(0x45, 0x22, 0x0004, joined(hex(signature), hex(point)));
  };

  test.each(vectors.sigVer)('Verify answers NIST’s SigVer: $result', ({ msg, q, signature, result }) => {
    // What changed is still a point in all of them.
    expect(verify(q, msg, signature)).toBe(result.startsWith('P') ? 0x00 : 0x01);
  });

  test('Verify answers Wycheproof’s ECDSA', () => {
    for (const { q, tests } of vectors.ecdsa) {
      for (const { tcId, msg, sig, valid } of tests) expect(verify(q, msg, sig), `${tcId}`).toBe(valid ? 0x00 : 0x01);
    }
  });

  test('ECDH answers Wycheproof’s', () => {
    // Properties hold the back ends equal; noble is slow, and takes the points that are none and some of the others.
    const isTaken = (index: number, valid: boolean) => crypto === nodeCrypto || !valid || index % 16 === 0;
    for (const vector of vectors.ecdh.filter(({ valid }, index) => isTaken(index, valid))) {
      expect(host.status(0x46, 0x00, KEY_SLOT, joined(zeros(4), hex(vector.private), zeros(32)))).toBe(0);
      const secret = host.command(0x43, 0x0c, KEY_SLOT, hex(vector.public));
      expect(secret, `${vector.tcId}`).toEqual(vector.valid ? hex(vector.shared) : hex('0F'));
    }
  });
});
