import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../../emulator/crypto/noble.ts';

const message = new TextEncoder().encode('one message');

test.each([Buffer.alloc(32, 1), new Uint8Array(32).fill(1)])('a key that changed in place is another key', (key) => {
  expect(nodeCrypto.hmacSha256(key, message)).toEqual(nobleCrypto.hmacSha256(key, message));
  key.fill(2);
  expect(nodeCrypto.hmacSha256(key, message)).toEqual(nobleCrypto.hmacSha256(new Uint8Array(32).fill(2), message));
});

// RFC 2104 2: a key is hashed when it is longer than a block, of 64 bytes.
test.each([0, 1, 32, 63, 64, 65, 131])('a key of %i bytes gives what OpenSSL gives', (length) => {
  const key = Uint8Array.from({ length }, (_, index) => index);
  const expected = new Uint8Array(createHmac('sha256', key).update(message).digest());
  expect(nodeCrypto.hmacSha256(key, message)).toEqual(expected);
});
