import { expect, it } from 'vitest';
import { nonces } from '../../../emulator/crypto/nonce.ts';

/** The order of P-256 (SEC 2 2.4.2). */
const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const bytes = (value: bigint) => Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'));

// RFC 6979 3.2 h: a candidate counts when it is in 1 to q - 1; no digest that anyone knows leads to another.
it('candidates are from 1 to one less than the order', () => {
  const [begun, between] = [bytes(7n), bytes(9n)];
  const answers = [begun, begun, begun, begun];
  for (const candidate of [0n, n, n + 1n, 1n, n - 1n]) answers.push(bytes(candidate), between, between);
  const asked: number[] = [];
  const hmac = (_key: Uint8Array, ...parts: readonly Uint8Array[]) => {
    asked.push(parts.length);
    return answers.shift() as Uint8Array;
  };
  const found = nonces(hmac, bytes(3n), bytes(5n), new Uint8Array(0));
  expect([found.next().value, found.next().value]).toEqual([1n, n - 1n]);
  // Twice K and V, then V alone; for the next candidate K = HMAC(V || 00) and V again.
  expect(asked).toEqual([5, 1, 5, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1]);
});
