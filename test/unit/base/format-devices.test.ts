import { expect, test } from 'vitest';
import { formatDevices } from '../../../src/base/index.ts';

test.each([
  [0, undefined, '0 devices'],
  [1, undefined, '1 device'],
  [1, '1', '1 device'],
  [2, undefined, '2 devices'],
  [3000, '3,000', '3,000 devices'],
])('%i, written %s: %s', (count, figure, text) => {
  expect(formatDevices(count, figure)).toBe(text);
});
