/**
 * x·y in GCM's field of 2^128 elements (SP 800-38D 6.3), 16 bytes each: one step of GHASH. Takes the same time for
 * any operands.
 */
export function gcmMultiply(x: Uint8Array, y: Uint8Array): Uint8Array {
  const yView = new DataView(y.buffer, y.byteOffset, 16);
  let [v0, v1, v2, v3] = [yView.getUint32(0), yView.getUint32(4), yView.getUint32(8), yView.getUint32(12)];
  let [z0, z1, z2, z3] = [0, 0, 0, 0];
  for (let index = 0; index < 128; index++) {
    const take = -(((x[index >> 3] as number) >> (7 - (index & 7))) & 1);
    z0 ^= v0 & take;
    z1 ^= v1 & take;
    z2 ^= v2 & take;
    z3 ^= v3 & take;
    const reduce = -(v3 & 1) & 0xe1000000;
    v3 = (v3 >>> 1) | (v2 << 31);
    v2 = (v2 >>> 1) | (v1 << 31);
    v1 = (v1 >>> 1) | (v0 << 31);
    v0 = (v0 >>> 1) ^ reduce;
  }
  const z = new Uint8Array(16);
  const zView = new DataView(z.buffer);
  zView.setInt32(0, z0);
  zView.setInt32(4, z1);
  zView.setInt32(8, z2);
  zView.setInt32(12, z3);
  return z;
}
