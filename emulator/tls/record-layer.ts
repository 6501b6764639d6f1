import { allocate } from '../crypto/index.ts';
import { concat, putUint16, uint16At } from './bytes.ts';
import { Refused } from './failure.ts';
import { contentType, tls12 } from './numbers.ts';
import type { TlsPolicy } from './policy.ts';
import { protectionOverhead, type RecordProtection, recordHeaderLength } from './record-protection.ts';

export interface TlsRecord {
  readonly type: number;
  readonly fragment: Uint8Array;
}

/** What of a policy decides which records are taken. */
export type RecordLimits = Pick<TlsPolicy, 'maxPlaintext' | 'tolerates'>;

const nothing = new Uint8Array(0);

/** Cuts a byte stream into records and opens them (RFC 5246 6.2). */
export class RecordReader {
  #pending: Uint8Array = nothing;
  #protection: RecordProtection | undefined;

  /** What follows is protected: call it on ChangeCipherSpec. */
  protect(protection: RecordProtection): void {
    this.#protection = protection;
  }

  push(bytes: Uint8Array): void {
    // A plain view, because the transport's may be a Buffer, whose slice() does not copy.
    const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#pending = this.#pending.length === 0 ? plain : concat(this.#pending, plain);
  }

  /** The next whole record, undefined when more bytes are needed. Throws Refused. */
  next(limits: RecordLimits): TlsRecord | undefined {
    const bytes = this.#pending;
    if (bytes.length < recordHeaderLength) return this.#keep(bytes);
    const type = bytes[0] as number;
    const length = uint16At(bytes, 3);
    this.#checkHeader(type, uint16At(bytes, 1), length, limits);
    const end = recordHeaderLength + length;
    if (bytes.length < end) return this.#keep(bytes);
    const fragment = this.#open(type, bytes.subarray(recordHeaderLength, end));
    this.#pending = bytes.length === end ? nothing : bytes.subarray(end);
    return { type, fragment };
  }

  /** Bytes are borrowed from the transport's buffer until the record they begin is complete: keep a copy. */
  #keep(bytes: Uint8Array): undefined {
    this.#pending = bytes.length === 0 ? nothing : bytes.slice();
  }

  #checkHeader(type: number, version: number, length: number, limits: RecordLimits): void {
    if (type < contentType.changeCipherSpec || type > contentType.applicationData) {
      throw new Refused('unknown_record_type', `the server sent a record of type ${type}, which is not TLS`);
    }
    const versionFits = limits.tolerates.includes('record_minor_version')
      ? version >> 8 === 3 && version <= tls12
      : version === tls12;
    if (!versionFits) {
      throw new Refused('record_version', `the server sent a record of version 0x${version.toString(16)}`);
    }
    if (length > limits.maxPlaintext + (this.#protection ? protectionOverhead : 0)) {
      throw new Refused(
        'record_overflow',
        `the server sent a record of ${length} bytes; the device takes ${limits.maxPlaintext} bytes of plaintext`,
      );
    }
    // RFC 5246 6.2.1: only application data may be empty.
    const least = this.#protection ? protectionOverhead : 1;
    if (length < least) throw new Refused('malformed_record', `the server sent a record of ${length} bytes`);
  }

  #open(type: number, body: Uint8Array): Uint8Array {
    if (this.#protection === undefined) return body;
    const plaintext = this.#protection.open(type, body);
    if (plaintext === undefined) {
      throw new Refused('bad_record_mac', 'a record of the server does not decrypt: its tag does not hold');
    }
    if (plaintext.length === 0 && type !== contentType.applicationData) {
      throw new Refused('malformed_record', `the server sent an empty record of type ${type}`);
    }
    return plaintext;
  }
}

/** Frames outgoing fragments as records and protects them (RFC 5246 6.2). */
export class RecordWriter {
  readonly #maxPlaintext: number;
  #protection: RecordProtection | undefined;

  constructor(maxPlaintext: number) {
    this.#maxPlaintext = maxPlaintext;
  }

  protect(protection: RecordProtection): void {
    this.#protection = protection;
  }

  /** `content` as one record, or as several when it is longer than a record may be. */
  write(type: number, content: Uint8Array): Uint8Array {
    const overhead = recordHeaderLength + (this.#protection ? protectionOverhead : 0);
    const records = Math.max(1, Math.ceil(content.length / this.#maxPlaintext));
    const out = allocate(content.length + records * overhead);
    for (let record = 0, offset = 0; record < records; record++) {
      const start = record * this.#maxPlaintext;
      const fragment = content.subarray(start, start + this.#maxPlaintext);
      out[offset] = type;
      putUint16(out, offset + 1, tls12);
      putUint16(out, offset + 3, fragment.length + overhead - recordHeaderLength);
      offset += recordHeaderLength;
      if (this.#protection) this.#protection.seal(type, fragment, out, offset);
      else out.set(fragment, offset);
      offset += overhead - recordHeaderLength + fragment.length;
    }
    return out;
  }
}
