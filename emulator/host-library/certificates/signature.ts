/**
 * X.509's signatureValue of an ECDSA signature: BIT STRING { no unused bits, SEQUENCE { INTEGER R, INTEGER S } }
 * (RFC 3279 2.2.3). The integers are minimal, so that the element's length follows from the signature's value.
 */

/** Bytes of the minimal INTEGER content of the 32 bytes at `offset`: no leading zeros but the one that a top bit asks for. */
function integerLength(bytes: Uint8Array, offset: number): number {
  let start = offset;
  while (start < offset + 31 && bytes[start] === 0) start++;
  return offset + 32 - start + ((bytes[start] ?? 0) >> 7);
}

/** Bytes of the whole element, header included, for the 64 bytes R||S. */
export function signatureElementLength(signature: Uint8Array): number {
  return 9 + integerLength(signature, 0) + integerLength(signature, 32);
}

function putInteger(out: Uint8Array, offset: number, bytes: Uint8Array, from: number): number {
  const length = integerLength(bytes, from);
  out[offset] = 0x02;
  out[offset + 1] = length;
  const digits = Math.min(length, 32);
  // A 33rd byte is the zero that `out` already holds.
  out.set(bytes.subarray(from + 32 - digits, from + 32), offset + 2 + length - digits);
  return offset + 2 + length;
}

/** Writes the element into zeroed bytes. */
export function putSignatureElement(out: Uint8Array, offset: number, signature: Uint8Array): void {
  const length = signatureElementLength(signature);
  out[offset] = 0x03;
  out[offset + 1] = length - 2;
  out[offset + 3] = 0x30;
  out[offset + 4] = length - 5;
  putInteger(out, putInteger(out, offset + 5, signature, 0), signature, 32);
}
