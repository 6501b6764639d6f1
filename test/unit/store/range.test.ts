import { expect, test } from 'vitest';
import { rangeOf, sizeOf } from '../../../src/store/range.ts';

test.each([
  [10, 1],
  [10, 3],
  [10, 10],
  [3, 10],
  [0, 4],
  [1_000_000, 7],
])('%i devices in %i parts: none is left out, none is twice, and parts differ by one at most', (count, of) => {
  const parts = Array.from({ length: of }, (_, index) => ({ index, of }));
  const sizes = parts.map((part) => sizeOf(count, part));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(count);
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
  let next = 25;
  for (const [index, part] of parts.entries()) {
    const { from, to } = rangeOf({ from: 25, to: 25 + count }, part);
    expect([from, to - from]).toEqual([next, sizes[index]]);
    next = to;
  }
  expect(next).toBe(25 + count);
});

test('a part of 10 devices from 5 on', () => {
  expect([0, 1, 2].map((index) => rangeOf({ from: 5, to: 15 }, { index, of: 3 }))).toEqual([
    { from: 5, to: 8 },
    { from: 8, to: 11 },
    { from: 11, to: 15 },
  ]);
});
