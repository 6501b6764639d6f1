import type { ConnectionTap, Endpoint, WireTap } from '../wire-tap.ts';
import { ACK, FIN, Frames, PSH, RST, SYN } from './frame.ts';
import { packetBlock, secretsBlock } from './pcapng.ts';

/** What one frame carries at most, so that an IP packet holds it with room to spare. */
const SEGMENT_BYTES = 32_768;
const NOTHING = new Uint8Array(0);

type From = 'device' | 'broker';

/**
 * Makes of the connections of a run the blocks of a pcapng file that Wireshark opens and decrypts. What the sockets carried is exact:
 * bytes, order, addresses, ports. The frames around it are made here: one segment for each write and each read, at the
 * time of it, numbered from 0 on each side; no retransmissions, and no acknowledgments of their own.
 */
export class Capture implements WireTap {
  readonly #write: (block: Uint8Array) => void;

  constructor(write: (block: Uint8Array) => void) {
    this.#write = write;
  }

  connected(device: Endpoint, broker: Endpoint): ConnectionTap {
    const frames = new Frames(device, broker);
    return new CapturedConnection((from, segment) => {
      const us = Math.floor((performance.timeOrigin + performance.now()) * 1000);
      this.#write(packetBlock(us, frames.frame(from, segment)));
    });
  }

  secret(keyLogLine: string): void {
    this.#write(secretsBlock(`${keyLogLine}\n`));
  }
}

type Emit = (from: From, segment: Parameters<Frames['frame']>[1]) => void;

class CapturedConnection implements ConnectionTap {
  readonly #emit: Emit;
  /** The next sequence number of each side. */
  readonly #next = { device: 0, broker: 0 };
  readonly #ended = { device: false, broker: false };
  #reset = false;

  constructor(emit: Emit) {
    this.#emit = emit;
    this.#segment('device', SYN, NOTHING);
    this.#segment('broker', SYN | ACK, NOTHING);
    this.#segment('device', ACK, NOTHING);
  }

  sent(bytes: Uint8Array): void {
    this.#data('device', bytes);
  }

  received(bytes: Uint8Array): void {
    this.#data('broker', bytes);
  }

  ended(from: From): void {
    if (this.#ended[from] || this.#reset) return;
    this.#ended[from] = true;
    this.#segment(from, FIN | ACK, NOTHING);
    if (this.#ended.device && this.#ended.broker) this.#segment(other(from), ACK, NOTHING);
  }

  reset(): void {
    if (this.#reset || (this.#ended.device && this.#ended.broker)) return;
    this.#reset = true;
    this.#segment('broker', RST | ACK, NOTHING);
  }

  #data(from: From, bytes: Uint8Array): void {
    if (this.#ended[from]) return;
    for (let at = 0; at < bytes.length; at += SEGMENT_BYTES) {
      this.#segment(from, PSH | ACK, bytes.subarray(at, at + SEGMENT_BYTES));
    }
  }

  #segment(from: From, flags: number, payload: Uint8Array): void {
    const acknowledgment = flags & ACK ? this.#next[other(from)] : 0;
    this.#emit(from, { flags, sequence: this.#next[from], acknowledgment, payload });
    // SYN and FIN take a number each.
    const taken = payload.length + (flags & (SYN | FIN) ? 1 : 0);
    this.#next[from] = (this.#next[from] + taken) >>> 0;
  }
}

function other(side: From): From {
  return side === 'device' ? 'broker' : 'device';
}
