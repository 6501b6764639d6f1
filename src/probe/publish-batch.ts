import { sharedNow } from '../base/index.ts';
import type { Published } from './messages.ts';
import { isPublish } from './publish-packets.ts';

const BATCH_BYTES = 1 << 20;

/** Gathers the packets that devices publish: one message for many. */
export class PublishBatch {
  readonly #deliver: (batch: Published) => void;
  #packets: Uint8Array[] = [];
  #times: number[] = [];
  #bytes = 0;

  constructor(deliver: (batch: Published) => void) {
    this.#deliver = deliver;
  }

  /** A packet that a device sends now, only lent; only a PUBLISH is of interest. */
  sent(packet: Uint8Array): void {
    if (!isPublish(packet)) return;
    this.#packets.push(new Uint8Array(packet));
    this.#times.push(sharedNow());
    this.#bytes += packet.length;
    if (this.#bytes >= BATCH_BYTES) this.flush();
  }

  flush(): void {
    if (this.#times.length === 0) return;
    this.#deliver({ packets: Buffer.concat(this.#packets), times: Float64Array.from(this.#times) });
    this.#packets = [];
    this.#times = [];
    this.#bytes = 0;
  }
}
