/** TLS record types (RFC 5246 6.2.1). */
export const RECORD = { changeCipherSpec: 20, applicationData: 23 } as const;

const HEADER_BYTES = 5;

/** Finds the TLS records in one direction of a connection, however its bytes are cut. */
export class RecordTimes {
  readonly #onRecord: (type: number) => void;
  #header: number[] = [];
  #rest = 0;

  /** @param onRecord called with the type of each record, when its last byte is there */
  constructor(onRecord: (type: number) => void) {
    this.#onRecord = onRecord;
  }

  add(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#header.length < HEADER_BYTES) {
        this.#header.push(bytes[at++] as number);
        const [, , , high = 0, low = 0] = this.#header;
        this.#rest = (high << 8) | low;
        continue;
      }
      const taken = Math.min(this.#rest, bytes.length - at);
      at += taken;
      this.#rest -= taken;
      if (this.#rest > 0) continue;
      this.#onRecord(this.#header[0] as number);
      this.#header = [];
    }
  }
}
