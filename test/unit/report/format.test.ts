import { expect, test } from 'vitest';
import { formatDuration } from '../../../src/base/index.ts';
import { counted, formatBytes, formatCount, formatMs } from '../../../src/report/format.ts';

test.each([
  [null, '-'],
  [0.042, '0.042'],
  [1.7349, '1.73'],
  [26.54, '26.5'],
  [99.96, '100.0'],
  [1204.4, '1,204'],
])('%s ms reads %s', (ms, text) => {
  expect(formatMs(ms)).toBe(text);
});

test.each([
  [0, '0 messages'],
  [1, '1 message'],
  [2390, '2,390 messages'],
])('%i: %s', (count, text) => {
  expect(counted(count, 'message')).toBe(text);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [18_432, '18.0 KiB'],
  [150 * 1024, '150 KiB'],
  [3 * 1024 ** 3, '3.0 GiB'],
])('%d bytes read %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test.each([
  [500, '500ms'],
  [30_000, '30s'],
  [1500, '1.5s'],
  [90_000, '1m 30s'],
  [7_200_000, '2h 0m'],
])('%d ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});

test('counts are grouped by thousands', () => {
  expect(formatCount(1234567)).toBe('1,234,567');
});
