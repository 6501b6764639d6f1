import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Rng, rootRng } from '../../../emulator/rng/index.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const sha256 = (...parts: (Uint8Array | string)[]) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

describe('the tree of randomness', () => {
  it('is SHA-256 of key, tag and counter or path, so that a seed means the same in every release', () => {
    const key = sha256('emu seed fleet');
    const blocks = [0, 1, 2].map((i) => sha256(key, Uint8Array.of(0, i, 0, 0, 0, 0, 0)));
    expect(hex(rootRng('fleet').bytes(96))).toBe(hex(Buffer.concat(blocks)));
    expect(hex(rootRng(key).bytes(96))).toBe(hex(Buffer.concat(blocks)));

    const forked = sha256(key, Uint8Array.of(1), '["device",7,"chip"]');
    expect(hex(rootRng('fleet').fork('device', 7, 'chip').bytes(32))).toBe(
      hex(sha256(forked, Uint8Array.of(0, 0, 0, 0, 0, 0, 0))),
    );
  });

  it('repeats for a seed and differs between seeds', () => {
    expect(rootRng('a').bytes(100)).toEqual(rootRng('a').bytes(100));
    expect(rootRng('a').bytes(32)).not.toEqual(rootRng('b').bytes(32));
    expect(rootRng('').bytes(32)).not.toEqual(rootRng(' ').bytes(32));
  });

  it('gives the same bytes however they are asked for, across the ends of blocks', () => {
    const whole = hex(rootRng('cut').bytes(200));
    for (const lengths of [[31, 1, 168], [32, 32, 136], [33, 167], [0, 64, 0, 136], Array<number>(200).fill(1)]) {
      const rng = rootRng('cut');
      expect(lengths.map((length) => hex(rng.bytes(length))).join('')).toBe(whole);
    }
  });

  it('hands out bytes of the caller alone', () => {
    const rng = rootRng('own');
    const first = rng.bytes(8);
    first.fill(0);
    const second = rng.bytes(8);
    expect(hex(second)).toBe(hex(rootRng('own').bytes(16).subarray(8)));
    expect(second.buffer.byteLength).toBe(8);
  });

  it('forks by path alone: neither drawing nor forking elsewhere changes a branch', () => {
    const wanted = hex(rootRng('tree').fork('device', 3, 'chip').bytes(40));
    const root = rootRng('tree');
    root.bytes(77);
    root.fraction();
    for (const k of [9, 4, 3]) root.fork('device', k, 'chip').bytes(5);
    root.fork('device', 3).bytes(1);
    const branch = root.fork('device', 3, 'chip');
    expect(hex(branch.bytes(40))).toBe(wanted);
    // Each fork of one path starts at its beginning.
    expect(hex(root.fork('device', 3, 'chip').bytes(40))).toBe(wanted);
  });

  it('draws nothing from the node that is forked', () => {
    const [forked, plain] = [rootRng('parent'), rootRng('parent')];
    forked.fork('a');
    forked.fork('b').bytes(1000);
    expect(forked.bytes(64)).toEqual(plain.bytes(64));
  });

  it('keeps paths apart that look alike', () => {
    const root = rootRng('paths');
    const branches: Rng[] = [
      root,
      root.fork(),
      root.fork('a', 'b'),
      root.fork('a/b'),
      root.fork('a,b'),
      root.fork('a","b'),
      root.fork('b', 'a'),
      root.fork('a').fork('b'),
      root.fork('ab'),
      root.fork(1),
      root.fork('1'),
      root.fork(''),
      root.fork('', ''),
      root.fork('ä'),
      root.fork('a\u0308'),
    ];
    const firsts = branches.map((branch) => hex(branch.bytes(16)));
    expect(new Set(firsts).size).toBe(branches.length);
  });

  it('shares no block between 2,000 devices, their branches and the root', () => {
    const root = rootRng('correlation');
    const seen = new Set<string>();
    const take = (rng: Rng) => {
      for (let block = 0; block < 2; block++) seen.add(hex(rng.bytes(32)));
    };
    take(root);
    for (let k = 0; k < 2000; k++) {
      take(root.fork('device', k));
      take(root.fork('device', k, 'chip'));
    }
    expect(seen.size).toBe(2 + 2000 * 4);
  });

  it('has as many ones as zeros in every bit of a byte, along a branch and across branches', () => {
    const root = rootRng('balance');
    const along = root.bytes(20_000);
    const across = Uint8Array.from({ length: 20_000 }, (_, k) => root.fork(k).bytes(1)[0] ?? 0);
    for (const sample of [along, across, along.map((byte, i) => byte ^ (across[i] ?? 0))]) {
      for (let bit = 0; bit < 8; bit++) {
        const ones = sample.reduce((sum, byte) => sum + ((byte >> bit) & 1), 0);
        // Five standard deviations of sqrt(20000)/2; the seed is fixed, so this holds always or never.
        expect(Math.abs(ones - 10_000)).toBeLessThan(354);
      }
    }
  });
});

describe('a fraction', () => {
  it('is six bytes, most significant first, over 2^48', () => {
    const [bytes, fractions] = [rootRng('fraction'), rootRng('fraction')];
    for (let i = 0; i < 50; i++)
      expect(fractions.fraction()).toBe(Buffer.from(bytes.bytes(6)).readUIntBE(0, 6) / 2 ** 48);
  });

  it('lies in [0, 1), evenly', () => {
    const rng = rootRng('range');
    const tenths = Array<number>(10).fill(0);
    for (let i = 0; i < 20_000; i++) {
      const value = rng.fraction();
      const tenth = Math.floor(value * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(tenths).toHaveLength(10);
    // Five standard deviations of sqrt(20000 * 0.1 * 0.9).
    for (const count of tenths) expect(Math.abs(count - 2000)).toBeLessThan(213);
  });
});
