/**
 * How a target took a write: every byte, nothing at all (its address was not acknowledged), or `taken` bytes before
 * one was not acknowledged.
 */
export type I2cWriteResult =
  | { readonly ack: 'ack' }
  | { readonly ack: 'address-nack' }
  | { readonly ack: 'data-nack'; readonly taken: number };

export const ACK: I2cWriteResult = { ack: 'ack' };
export const ADDRESS_NACK: I2cWriteResult = { ack: 'address-nack' };

/**
 * A chip on the bus: synchronous, it never waits. Between `stop: false` and the next transfer the bus is held, as by
 * a repeated START.
 */
export interface I2cTarget {
  write(bytes: Uint8Array, stop: boolean): I2cWriteResult;
  /** Exactly `length` bytes, or undefined when the address was not acknowledged. */
  read(length: number, stop: boolean): Uint8Array | undefined;
  /** Any transfer to address 0; the bus answers it with an address NACK whatever the target does. */
  generalCall?(bytes: Uint8Array): void;
  /** The clock time from which the target acknowledges its address again, for hosts that would otherwise poll. */
  readyAt?(): number;
}
