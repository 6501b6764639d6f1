import { createECDH, createPrivateKey, randomBytes } from 'node:crypto';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import type { KeyOperations } from '../../emulator/tls/index.ts';

/** Key operations without a chip: the device's key is a PKCS #8 PEM on P-256. */
export function softwareKeys(pem: string): KeyOperations {
  const scalar = Buffer.from(createPrivateKey(pem).export({ format: 'jwk' }).d ?? '', 'base64url');
  const ecdh = createECDH('prime256v1');
  return {
    async generateEphemeral() {
      return ecdh.generateKeys().subarray(1);
    },
    async agree(peer) {
      return ecdh.computeSecret(Buffer.concat([Buffer.of(4), peer]));
    },
    async sign(digest) {
      const signature = nodeCrypto.signDigest(scalar, digest, randomBytes(32));
      if (signature === undefined) throw new Error('the key is not a scalar of P-256');
      return signature;
    },
  };
}
