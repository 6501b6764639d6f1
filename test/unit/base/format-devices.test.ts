import { expect, test } from 'vitest';
import { formatDevices } from '../../../src/base/index.ts';

test.each([
  [0, '0 devices'],
  [1, '1 device'],
  [3000, '3000 devices'],
])('%i: %s', (count, text) => {
  expect(formatDevices(count)).toBe(text);
});
