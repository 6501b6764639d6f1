import { gcmTagLength, openAes128Gcm, sealAes128Gcm } from '../crypto/index.ts';
import { tls12 } from './numbers.ts';

export const recordHeaderLength = 5;
const explicitNonceLength = 8;

/** What protection adds to a plaintext: explicit nonce and tag (RFC 5288 3). */
export const protectionOverhead = explicitNonceLength + gcmTagLength;

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
    const additional = this.#nextAdditionalData(type, plaintext.length);
    // Explicit nonce = sequence number, as mbedTLS (ssl_encrypt_buf) and RFC 5288 3 have it.
    const explicitNonce = additional.subarray(0, explicitNonceLength);
    this.#nonce.set(explicitNonce, 4);
    out.set(explicitNonce, offset);
    sealAes128Gcm(this.#key, this.#nonce, additional, plaintext, out, offset + explicitNonceLength);
  }

  /** The plaintext of a protected record's body, or undefined when it does not hold. */
  open(type: number, body: Uint8Array): Uint8Array | undefined {
    if (body.length < protectionOverhead) return undefined;
    const additional = this.#nextAdditionalData(type, body.length - protectionOverhead);
    this.#nonce.set(body.subarray(0, explicitNonceLength), 4);
    return openAes128Gcm(this.#key, this.#nonce, additional, body.subarray(explicitNonceLength));
  }

  /** seq_num, type, version, length (RFC 5246 6.2.3.3). */
  #nextAdditionalData(type: number, length: number): Uint8Array {
    const additional = new Uint8Array(13);
    const view = new DataView(additional.buffer);
    view.setUint32(0, Math.floor(this.#sequence / 2 ** 32));
    view.setUint32(4, this.#sequence % 2 ** 32);
    view.setUint8(8, type);
    view.setUint16(9, tls12);
    view.setUint16(11, length);
    this.#sequence++;
    return additional;
  }
}
