import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allocate } from '../../../src/cloud/dps/allocation.ts';

const hubs = ['a.test', 'b.test', 'c.test'].map((name) => ({ name, size: 0 }));
const ids = Array.from({ length: 3000 }, (_, index) => `device-${index}`);

describe('hashed', () => {
  test('spreads devices evenly', () => {
    const counts = hubs.map(({ name }) => ids.filter((id) => allocate('hashed', id, hubs)?.name === name).length);
    // A third each; a fair die is outside of these bounds once in ten thousand times.
    for (const count of counts) expect(count).toBeGreaterThan(900);
  });

  test('gives one device the same hub, in any case and any order of the hubs', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (id) => {
        const hub = allocate('hashed', id, hubs);
        expect(allocate('hashed', id.toUpperCase().toLowerCase(), hubs.toReversed())).toBe(
          allocate('hashed', id.toLowerCase(), hubs),
        );
        expect(hubs).toContain(hub);
      }),
    );
  });

  test('moves no device to another of the old hubs when one is added', () => {
    const more = [...hubs, { name: 'd.test', size: 0 }];
    const moved = ids.filter((id) => allocate('hashed', id, more) !== allocate('hashed', id, hubs));
    expect(moved.every((id) => allocate('hashed', id, more)?.name === 'd.test')).toBe(true);
    expect(moved.length).toBeGreaterThan(600);
  });
});

test('lowest load takes the hub with the fewest devices, of equals the first', () => {
  const sizes = new Map(hubs.map(({ name }) => [name, 0]));
  for (const id of ids) {
    const hub = allocate(
      'lowest-load',
      id,
      [...sizes].map(([name, size]) => ({ name, size })),
    );
    sizes.set(hub?.name as string, (sizes.get(hub?.name as string) as number) + 1);
  }
  expect([...sizes.values()]).toEqual([1000, 1000, 1000]);
});

test('static takes the first', () => {
  for (const id of ids) expect(allocate('static', id, hubs)).toBe(hubs[0]);
});

test('of no hubs there is none', () => {
  for (const policy of ['hashed', 'lowest-load', 'static'] as const) expect(allocate(policy, 'a', [])).toBeUndefined();
});
