import { gcmTagLength, openAes128Gcm, sealAes128Gcm } from '../crypto/index.ts';
import { putUint, putUint16 } from './bytes.ts';
import { tls12 } from './numbers.ts';

export const recordHeaderLength = 5;
const sequenceLength = 8;
const explicitNonceLength = 8;

/** What protection adds to a plaintext: explicit nonce and tag (RFC 5288 3). */
export const protectionOverhead = explicitNonceLength + gcmTagLength;

// The additional data of the record at hand: it lives only as long as a call.
const additional = new Uint8Array(13);

/** AES-128-GCM on the records of one direction: a key, a salt, and the number of the next record. */
export class RecordProtection {
  readonly #key: Uint8Array;
  /** Salt and explicit nonce (RFC 5288 3), rewritten for every record. */
  readonly #nonce = new Uint8Array(12);
  #sequence = 0;

  /** `key` has 16 bytes, `salt` 4. */
  constructor(key: Uint8Array, salt: Uint8Array) {
    this.#key = Uint8Array.from(key);
    this.#nonce.set(salt);
  }

  /** Writes one protected record's body (explicit nonce, ciphertext, tag) into `out` at `offset`. */
  seal(type: number, plaintext: Uint8Array, out: Uint8Array, offset: number): void {
    // Explicit nonce = sequence number, as mbedTLS (ssl_encrypt_buf) and RFC 5288 3 have it.
    putUint(this.#nonce, 4, this.#sequence, explicitNonceLength);
    putUint(out, offset, this.#sequence, explicitNonceLength);
    this.#countRecord(type, plaintext.length);
    sealAes128Gcm(this.#key, this.#nonce, additional, plaintext, out, offset + explicitNonceLength);
  }

  /** The plaintext of a protected record's body, or undefined when it does not hold. */
  open(type: number, body: Uint8Array): Uint8Array | undefined {
    if (body.length < protectionOverhead) return undefined;
    this.#countRecord(type, body.length - protectionOverhead);
    this.#nonce.set(body.subarray(0, explicitNonceLength), 4);
    return openAes128Gcm(this.#key, this.#nonce, additional, body.subarray(explicitNonceLength));
  }

  /** Writes seq_num, type, version, length (RFC 5246 6.2.3.3) into `additional`. */
  #countRecord(type: number, length: number): void {
    putUint(additional, 0, this.#sequence++, sequenceLength);
    additional[8] = type;
    putUint16(additional, 9, tls12);
    putUint16(additional, 11, length);
  }
}
