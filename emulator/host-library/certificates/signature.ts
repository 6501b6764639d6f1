import { DerReader, derTag, ecdsaSignatureDer } from '../../crypto/index.ts';

/** X.509's signatureValue of 64 bytes R||S: BIT STRING { no unused bits, ECDSA-Sig-Value } (RFC 3279 2.2.3). */
export function signatureElement(signature: Uint8Array): Uint8Array {
  const value = ecdsaSignatureDer(signature);
  const element = new Uint8Array(3 + value.length);
  element[0] = derTag.bitString;
  element[1] = 1 + value.length;
  element.set(value, 3);
  return element;
}

/** R||S of a signatureValue. @throws EmuError EMU_E_DER_MALFORMED */
export function signatureFrom(element: Uint8Array): Uint8Array {
  const bits = new DerReader(element).expect(derTag.bitString).content;
  const integers = new DerReader(bits.subarray(1)).enter(derTag.sequence);
  const signature = new Uint8Array(64);
  for (const end of [32, 64]) {
    const digits = integers.expect(derTag.integer).content.slice(-32);
    signature.set(digits, end - digits.length);
  }
  return signature;
}
