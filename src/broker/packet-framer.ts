/** The fixed header: type and flags, then the remaining length in one to four bytes of seven bits. [MQTT-2.2.3] */
const MAX_LENGTH_BYTES = 4;

/** Bytes in, whole MQTT packets out, however the bytes were cut. */
export class PacketFramer {
  #pending: Buffer = Buffer.alloc(0);

  /** The packets that `chunk` completes, as views. */
  push(chunk: Buffer): Buffer[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const packets: Buffer[] = [];
    for (
      let length = packetLength(this.#pending);
      length <= this.#pending.length;
      length = packetLength(this.#pending)
    ) {
      packets.push(this.#pending.subarray(0, length));
      this.#pending = this.#pending.subarray(length);
    }
    return packets;
  }
}

/** Of the packet that `bytes` begin with; infinite while its fixed header is incomplete. */
function packetLength(bytes: Buffer): number {
  let remaining = 0;
  for (let i = 1; i <= MAX_LENGTH_BYTES; i++) {
    const byte = bytes[i];
    if (byte === undefined) return Number.POSITIVE_INFINITY;
    remaining += (byte & 0x7f) * 128 ** (i - 1);
    if (byte < 0x80) return 1 + i + remaining;
  }
  throw new RangeError('the remaining length of an MQTT packet has at most four bytes [MQTT-2.2.3]');
}
