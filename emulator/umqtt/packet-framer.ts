import { MAX_HEADER_LENGTH, packetLength } from '../mqtt/index.ts';

/** A stream of bytes cut into MQTT packets, wherever its records begin and end. */
export class PacketFramer {
  readonly #maxBytes: number;
  #rest = new Uint8Array(0);

  /** @param maxBytes of a packet; a longer one is a malformed stream */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The packets that `bytes` complete, and undefined behind them when no packet begins there: then the stream is over. */
  push(bytes: Uint8Array): (Uint8Array | undefined)[] {
    const stream = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    const packets: (Uint8Array | undefined)[] = [];
    let at = 0;
    while (at < stream.length) {
      const rest = stream.subarray(at);
      const length = packetLength(rest);
      if (length === undefined ? rest.length >= MAX_HEADER_LENGTH : length > this.#maxBytes) {
        packets.push(undefined);
        at = stream.length;
      } else if (length === undefined || length > rest.length) break;
      else {
        packets.push(rest.subarray(0, length));
        at += length;
      }
    }
    this.#rest = stream.slice(at);
    return packets;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
