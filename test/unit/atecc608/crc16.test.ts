import { expect, test } from 'vitest';
import { crc16 } from '../../../emulator/atecc608/index.ts';
import { hex } from '../../support/atecc608.ts';

// The check values go over the wire low byte first. C4 40, which hosts expect behind the 04 07 of a failed self-test at
// wake, is not among them: it is no CRC of these bytes.
test.each([
  ['07 30 00 00 00', '03 5D'],
  ['04 11', '33 43'],
  ['04 00', '03 40'],
  ['04 0F', '23 42'],
  ['07 02 80 00 00', '09 AD'],
])('the CRC of %s is %s', (bytes, check) => {
  const [low, high] = hex(check);
  expect(crc16(hex(bytes))).toBe((low as number) | ((high as number) << 8));
});

test('the CRC of a range, and of parts one after the other', () => {
  const bytes = hex('FF 07 30 00 00 00 FF');
  expect(crc16(bytes, 1, 6)).toBe(0x5d03);
  expect(crc16(bytes, 3, 6, crc16(bytes, 1, 3))).toBe(0x5d03);
});
