import { isIP } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addressBytes } from '../../../emulator/crypto/index.ts';

/** RFC 4291 2.2, forms 1 to 3, and 2.5.5. */
test.each([
  ['192.0.2.17', 'c0000211'],
  ['ABCD:EF01:2345:6789:ABCD:EF01:2345:6789', 'abcdef0123456789abcdef0123456789'],
  ['2001:DB8:0:0:8:800:200C:417A', '20010db80000000000080800200c417a'],
  ['2001:DB8::8:800:200C:417A', '20010db80000000000080800200c417a'],
  ['FF01::101', 'ff010000000000000000000000000101'],
  ['::1', '00000000000000000000000000000001'],
  ['::', '00000000000000000000000000000000'],
  ['::13.1.68.3', '0000000000000000000000000d014403'],
  ['0:0:0:0:0:FFFF:129.144.52.38', '00000000000000000000ffff81903426'],
])('%s', (literal, hex) => {
  expect(Buffer.from(addressBytes(literal) ?? []).toString('hex')).toBe(hex);
});

test.each([
  ...['', 'broker.example', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4'],
  ...[':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7::8', '1:2:3:4:5:6:7:8:9', '12345::', '::g'],
  ...['1:2:3:4:5:6:7:1.2.3.4', '::1.2.3', '1.2.3.4::', '::1.2.3.4:5', 'fe80::1%eth0'],
])('%j is no address', (text) => {
  expect(addressBytes(text)).toBeUndefined();
});

/** By the version that `isIP` gives; 0 for neither. */
const SIZES: Readonly<Record<number, number>> = { 0: 0, 4: 4, 6: 16 };

test('what is an address is what node takes for one without a zone', () => {
  const part = fc.oneof(
    fc.constantFrom(':', '::', '.', '0', '255', '256', 'ffff', '1', 'g'),
    fc.string({ maxLength: 2 }),
  );
  const text = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.array(part, { maxLength: 18 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (literal) => {
      fc.pre(!literal.includes('%'));
      expect(addressBytes(literal)?.length ?? 0).toBe(SIZES[isIP(literal)]);
    }),
    { numRuns: 2000 },
  );
});
