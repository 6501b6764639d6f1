/** An array to fill, in Node's pool: above 64 bytes one of its own lies outside of V8's heap and costs five times as much. */
export function allocate(length: number): Uint8Array {
  const { buffer, byteOffset } = Buffer.allocUnsafe(length);
  return new Uint8Array(buffer, byteOffset, length);
}
