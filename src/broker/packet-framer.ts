import { MAX_HEADER_LENGTH, packetLength } from '../../emulator/mqtt/index.ts';

/** Bytes in, whole MQTT packets out, however the bytes were cut. */
export class PacketFramer {
  readonly #longest: number;
  #pending: Buffer = Buffer.alloc(0);

  /** @param longest a packet may be, in bytes */
  constructor(longest = Number.POSITIVE_INFINITY) {
    this.#longest = longest;
  }

  /** The packets that `chunk` completes, as views. @throws RangeError for a fixed header that does not end in time, or a packet that is too long */
  push(chunk: Buffer): Buffer[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const packets: Buffer[] = [];
    for (;;) {
      const length = packetLength(this.#pending);
      if (length === undefined && this.#pending.length >= MAX_HEADER_LENGTH) {
        throw new RangeError('the remaining length of an MQTT packet has at most four bytes [MQTT-2.2.3]');
      }
      if (length !== undefined && length > this.#longest) {
        throw new RangeError(`a packet of ${length} bytes is longer than ${this.#longest}`);
      }
      if (length === undefined || length > this.#pending.length) return packets;
      packets.push(this.#pending.subarray(0, length));
      this.#pending = this.#pending.subarray(length);
    }
  }
}
