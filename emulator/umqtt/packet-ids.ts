/** The largest is left out (get_next_packet_id of the SDK's transports). */
const LAST = 65_534;

/** Packet identifiers one after the other, as the SDK's transports number them. */
export class PacketIds {
  #last: number;

  /** @param last the one before the first that is given out */
  constructor(last: number) {
    this.#last = last;
  }

  /** What was given out last. */
  get last(): number {
    return this.#last;
  }

  next(): number {
    this.#last = this.#last >= LAST ? 1 : this.#last + 1;
    return this.#last;
  }
}
