import { expect, test } from 'vitest';
import { formatDuration } from '../../../src/base/index.ts';
import { counted, formatBroker, formatBytes, formatCount, formatMs } from '../../../src/report/format.ts';
import { periodsText } from '../../../src/report/periods.ts';

test.each([
  [null, '-'],
  [0.042, '0.042'],
  [0.9996, '1.000'],
  [1, '1.00'],
  [1.7349, '1.73'],
  [10, '10.0'],
  [100, '100'],
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
  [99.9 * 1024, '99.9 KiB'],
  [100 * 1024, '100 KiB'],
  [150 * 1024, '150 KiB'],
  [1024 ** 2, '1.0 MiB'],
  [1024 ** 4, '1.0 TiB'],
  [5000 * 1024 ** 4, '5000 TiB'],
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

test.each([
  [[], ''],
  [[[1, 2]], '1 to 2 s'],
  [
    [
      [1, 2],
      [5, 9],
      [12, 13],
    ],
    '1 to 2 s, 5 to 9 s, 12 to 13 s',
  ],
  [
    [
      [1, 2],
      [5, 9],
      [12, 15],
      [20, 22],
    ],
    '5 to 9 s, 12 to 15 s, 20 to 22 s, and 1 more time',
  ],
  [
    [
      [1, 2],
      [5, 6],
      [12, 13],
      [20, 29],
      [40, 41],
    ],
    '1 to 2 s, 5 to 6 s, 20 to 29 s, and 2 more times',
  ],
])('of the times %j are told "%s"', (times, text) => {
  expect(periodsText(times.map(([from_s = 0, to_s = 0]) => ({ from_s, to_s })))).toBe(text);
});

test.each([
  ['broker.test', 'mqtts://broker.test:8883'],
  ['10.0.0.1', 'mqtts://10.0.0.1:8883'],
  ['::1', 'mqtts://[::1]:8883'],
])('the broker at %s is %s', (host, url) => {
  expect(formatBroker({ host, port: 8883 })).toBe(url);
});

test('counts are grouped by thousands', () => {
  expect(formatCount(1234567)).toBe('1,234,567');
});
