import { concat, lengthOf, uint, uint16At } from './bytes.ts';
import { Refused } from './failure.ts';

export interface HandshakeMessage {
  readonly type: number;
  readonly body: Uint8Array;
  /** Header and body, as the transcript takes them. */
  readonly whole: Uint8Array;
}

/** Longest body taken when messages are reassembled; the largest that occurs is a Certificate of a few KiB. */
const longestBody = 65_536;
const headerLength = 4;
const nothing = new Uint8Array(0);

/** Cuts the handshake fragments of records into messages (RFC 5246 7.4): many in one record, or one over many. */
export class HandshakeReader {
  readonly #reassembles: boolean;
  #pending: Uint8Array = nothing;

  constructor(reassembles: boolean) {
    this.#reassembles = reassembles;
  }

  /** True between messages: the keys may change and other content may come. */
  get atBoundary(): boolean {
    return this.#pending.length === 0;
  }

  push(fragment: Uint8Array): void {
    this.#pending = this.#pending.length === 0 ? fragment : concat(this.#pending, fragment);
  }

  /** The next whole message, undefined when more fragments are needed. Throws Refused. */
  next(): HandshakeMessage | undefined {
    const bytes = this.#pending;
    if (bytes.length === 0) return undefined;
    if (bytes.length >= headerLength) {
      const length = ((bytes[1] as number) << 16) | uint16At(bytes, 2);
      if (length > longestBody) {
        throw new Refused('message_too_long', `the server sent a handshake message of ${length} bytes`);
      }
      const end = headerLength + length;
      if (bytes.length >= end) {
        this.#pending = bytes.length === end ? nothing : bytes.subarray(end);
        return { type: bytes[0] as number, body: bytes.subarray(headerLength, end), whole: bytes.subarray(0, end) };
      }
    }
    if (!this.#reassembles) {
      throw new Refused(
        'fragmented_message',
        'the server sent a handshake message in several records, which this device does not support',
      );
    }
    this.#pending = bytes.slice();
    return undefined;
  }
}

/** A message with its header. */
export function handshakeMessage(type: number, ...body: readonly Uint8Array[]): Uint8Array {
  return concat(uint(type, 1), uint(lengthOf(body), 3), ...body);
}
