import { OPCODE } from '../../atecc608/index.ts';
import { isSame } from '../../crypto/index.ts';
import { type AteccDriver, NO_DATA } from '../driver/index.ts';
import { agrees } from './agrees.ts';
import { joined, type Sha256, xor } from './digests.ts';
import type { AteccHost } from './host.ts';

/** What lets the host trust the chip's yes: the IO protection key that both know. */
export interface IoProtection {
  readonly key: Uint8Array;
  readonly crypto: Sha256;
}

export interface SignedDigest {
  /** 32 bytes. */
  readonly digest: Uint8Array;
  /** R||S */
  readonly signature: Uint8Array;
  /** X||Y, or the slot that holds it. */
  readonly publicKey: Uint8Array | number;
}

/** Pass-through to the Message Digest Buffer, 32 or 64 bytes. */
const NONCE_TO_BUFFER = 0x43;
const NONCE_64_TO_BUFFER = 0x63;
const VERIFY_STORED = 0x20;
const VERIFY_EXTERNAL = 0x22;
const WITH_MAC = 0x80;
const P256 = 0x0004;

/**
 * Whether the chip finds the signature good. With `io` and `systemNonce`, 32 bytes of the host's, it answers with a MAC,
 * and a yes that someone put on the bus counts as no.
 */
export function chipVerify(
  driver: AteccDriver,
  { digest, signature, publicKey }: SignedDigest,
  io?: IoProtection & { readonly systemNonce: Uint8Array },
): boolean {
  const isStored = typeof publicKey === 'number';
  const keyId = isStored ? publicKey : P256;
  const mode = (isStored ? VERIFY_STORED : VERIFY_EXTERNAL) | (io === undefined ? 0 : WITH_MAC);
  const data = isStored ? signature : joined(signature, publicKey);
  const message = io === undefined ? digest : joined(digest, io.systemNonce);
  driver.request(OPCODE.Nonce, io === undefined ? NONCE_TO_BUFFER : NONCE_64_TO_BUFFER, 0, message, 0);
  const answer = agrees(driver, OPCODE.Verify, mode, keyId, data, io === undefined ? 0 : 32);
  if (answer === undefined || io === undefined) return answer !== undefined;
  const command = Uint8Array.of(OPCODE.Verify, mode, keyId, 0x00);
  return isSame(answer, io.crypto.sha256(io.key, digest, io.systemNonce, signature, command));
}

export interface BootImage {
  /** 32 bytes, of the code. */
  readonly digest: Uint8Array;
  /**
   * Full: verifies the signature. FullCopy: and stores what the configuration says. FullStore: compares with what is stored,
   * which in mode FullSig is a signature that the MAC takes in.
   */
  readonly operation: 'Full' | 'FullStore' | 'FullCopy';
  /** R||S; with FullStore only in mode FullSig, the one that is stored. */
  readonly signature?: Uint8Array;
}

const OPERATIONS = { Full: 0x05, FullStore: 0x06, FullCopy: 0x07 } as const;
const ENCRYPTED = 0x80;

/** Whether the chip lets the image boot. With `io` the digest is encrypted and the chip's yes has a MAC. */
export function chipSecureBoot(host: AteccHost, image: BootImage, io?: IoProtection): boolean {
  const { digest, operation, signature = NO_DATA } = image;
  const tempKey = host.randomNonce();
  const sent = operation === 'FullStore' ? NO_DATA : signature;
  if (io === undefined) {
    const data = joined(digest, sent);
    return agrees(host.driver, OPCODE.SecureBoot, OPERATIONS[operation], 0, data) !== undefined;
  }
  const mode = OPERATIONS[operation] | ENCRYPTED;
  const sessionKey = io.crypto.sha256(io.key, tempKey);
  const data = joined(xor(digest, sessionKey), sent);
  const answer = agrees(host.driver, OPCODE.SecureBoot, mode, 0, data, 32);
  const command = Uint8Array.of(OPCODE.SecureBoot, mode, 0x00, 0x00);
  return answer !== undefined && isSame(answer, io.crypto.sha256(sessionKey, digest, signature, command));
}
