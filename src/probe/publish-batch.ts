import { MESSAGE_KINDS, type MessageKind } from '../../emulator/device/index.ts';
import { sharedNow } from '../base/index.ts';
import type { Published } from './messages.ts';
import { isPublish } from './publish-packets.ts';

const BATCH_BYTES = 1 << 20;

/** Gathers the packets that devices publish: one message for many. */
export class PublishBatch {
  readonly #deliver: (batch: Published) => void;
  #packets: Uint8Array[] = [];
  #times: number[] = [];
  #kinds: number[] = [];
  #bytes = 0;

  constructor(deliver: (batch: Published) => void) {
    this.#deliver = deliver;
  }

  /** A PUBLISH packet that a device sent at `at`. */
  add(packet: Uint8Array, at: number, kind: MessageKind): void {
    this.#packets.push(packet);
    this.#times.push(at);
    this.#kinds.push(MESSAGE_KINDS.indexOf(kind));
    this.#bytes += packet.length;
    if (this.#bytes >= BATCH_BYTES) this.flush();
  }

  flush(): void {
    if (this.#times.length === 0) return;
    this.#deliver({
      packets: Buffer.concat(this.#packets),
      times: Float64Array.from(this.#times),
      kinds: Uint8Array.from(this.#kinds),
    });
    this.#packets = [];
    this.#times = [];
    this.#kinds = [];
    this.#bytes = 0;
  }
}

/** What one device publishes: the probe waits for no more than what the system has taken. */
export class DevicePublishes {
  readonly #batch: Pick<PublishBatch, 'add'>;
  #untaken: { readonly packet: Uint8Array; readonly at: number }[] = [];

  constructor(batch: Pick<PublishBatch, 'add'>) {
    this.#batch = batch;
  }

  /** A packet on its way to the system, only lent; only a PUBLISH is of interest. */
  written(packet: Uint8Array): void {
    if (isPublish(packet)) this.#untaken.push({ packet: new Uint8Array(packet), at: sharedNow() });
  }

  /** The system has taken the first PUBLISH of those that it had not. */
  taken(kind: MessageKind): void {
    const first = this.#untaken.shift();
    if (first !== undefined) this.#batch.add(first.packet, first.at, kind);
  }

  /** The connection is gone, and what was on its way with it. */
  lost(): void {
    this.#untaken = [];
  }
}
