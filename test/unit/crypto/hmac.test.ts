import { expect, test } from 'vitest';
import { nodeCrypto } from '../../../emulator/crypto/index.ts';
import { nobleCrypto } from '../../../emulator/crypto/noble.ts';

const message = new TextEncoder().encode('one message');

test.each([Buffer.alloc(32, 1), new Uint8Array(32).fill(1)])('a key that changed in place is another key', (key) => {
  expect(nodeCrypto.hmacSha256(key, message)).toEqual(nobleCrypto.hmacSha256(key, message));
  key.fill(2);
  expect(nodeCrypto.hmacSha256(key, message)).toEqual(nobleCrypto.hmacSha256(new Uint8Array(32).fill(2), message));
});
