import { nodeCrypto } from '../../emulator/crypto/index.ts';

/** The key pair of somebody outside, whose public key chips keep. */
const SCALAR = Uint8Array.from({ length: 32 }, (_, index) => 0x40 + index);
export const MAKER = nodeCrypto.publicKey(SCALAR) as Uint8Array;

/** The maker's signature of a digest, always by the one back end: it is the host's. */
export function signedByMaker(digest: Uint8Array): Uint8Array {
  return nodeCrypto.signDigest(SCALAR, digest, new Uint8Array(0)) as Uint8Array;
}
