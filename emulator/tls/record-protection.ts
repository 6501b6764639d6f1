import { gcmTagLength, openAes128Gcm, sealAes128Gcm } from '../crypto/index.ts';
import { putUint, putUint16 } from './bytes.ts';
import { tls12 } from './numbers.ts';

export const recordHeaderLength = 5;
const sequenceLength = 8;
const saltLength = 4;
const explicitNonceLength = 8;

/** What protection adds to a plaintext: explicit nonce and tag (RFC 5288 3). */
export const protectionOverhead = explicitNonceLength + gcmTagLength;

// Nonce and additional data of the record at hand: they live only as long as a call.
const nonce = new Uint8Array(12);
const additional = new Uint8Array(13);

/** AES-128-GCM on the records of one direction: a key, a salt, and the number of the next record. */
export class RecordProtection {
  readonly #key: Uint8Array;
  /** The first four bytes of every nonce, as a number. */
  readonly #salt: number;
  #sequence = 0;

  /** `key` has 16 bytes, `salt` 4. */
  constructor(key: Uint8Array, salt: Uint8Array) {
    this.#key = Uint8Array.from(key);
    this.#salt = salt.reduce((value, byte) => 256 * value + byte, 0);
  }

  /** Writes one protected record's body (explicit nonce, ciphertext, tag) into `out` at `offset`. */
  seal(type: number, plaintext: Uint8Array, out: Uint8Array, offset: number): void {
    // Explicit nonce = sequence number, as mbedTLS (ssl_encrypt_buf) and RFC 5288 3 have it.
    putUint(out, offset, this.#sequence, explicitNonceLength);
    this.#begin(type, plaintext.length, out, offset);
    sealAes128Gcm(this.#key, nonce, additional, plaintext, out, offset + explicitNonceLength);
  }

  /** The plaintext of a protected record's body, or undefined when it does not hold. */
  open(type: number, body: Uint8Array): Uint8Array | undefined {
    if (body.length < protectionOverhead) return undefined;
    this.#begin(type, body.length - protectionOverhead, body, 0);
    return openAes128Gcm(this.#key, nonce, additional, body.subarray(explicitNonceLength));
  }

  /** The nonce with the explicit part at `offset` (RFC 5288 3), and seq_num, type, version, length (RFC 5246 6.2.3.3). */
  #begin(type: number, length: number, body: Uint8Array, offset: number): void {
    putUint(nonce, 0, this.#salt, saltLength);
    for (let index = 0; index < explicitNonceLength; index++)
      nonce[saltLength + index] = body[offset + index] as number;
    putUint(additional, 0, this.#sequence++, sequenceLength);
    additional[8] = type;
    putUint16(additional, 9, tls12);
    putUint16(additional, 11, length);
  }
}
