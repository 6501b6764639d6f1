import { ghash } from '@noble/ciphers/_polyval.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gcmMultiply } from '../../../emulator/crypto/index.ts';

const unhex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

// McGrew and Viega, The Galois/Counter Mode of Operation, appendix B, test cases 2 and 3
test.each([
  ['66e94bd4ef8a2c3b884cfa59ca342b2e', '0388dace60b6a392f328c2b971b2fe78', '5e2ec746917062882c85b0685353deb7'],
  ['b83b533708bf535d0aa6e52980d53b78', '42831ec2217774244b7221b784d0d49c', '59ed3f2bb1a0aaa07c9f56c6a504647b'],
])('%s times %s', (h, x, product) => {
  expect(hex(gcmMultiply(unhex(h), unhex(x)))).toBe(product);
  expect(hex(gcmMultiply(unhex(x), unhex(h)))).toBe(product);
});

test('agrees with noble', () => {
  const block = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(block, block, (h, x) => {
      expect(gcmMultiply(h, x)).toEqual(ghash(x, h));
    }),
  );
});
