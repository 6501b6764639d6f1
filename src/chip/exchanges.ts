import { atecc608Decoder, WORD_ADDRESS } from '../../emulator/atecc608/index.ts';
import type { Transaction } from '../../emulator/i2c/index.ts';

/** A command and what the chip answered to it, decoded. */
export interface Exchange {
  /** Milliseconds, where the transcript has times. */
  readonly time: number | undefined;
  /** `GenKey p1=04 p2=FFFF` */
  readonly command: string;
  /** `64 bytes`, `status 0F ExecutionError`; empty where nothing whole was read. */
  readonly reply: string;
  /** Count to CRC, both. */
  readonly sent: Uint8Array;
  readonly received: Uint8Array;
}

/** The commands that went to the chip at `address`; waking, polling and idling are left out. */
export function exchangesOf(transactions: readonly Transaction[], address: number): Exchange[] {
  const exchanges: Exchange[] = [];
  let open: { time: number | undefined; written: Uint8Array; received: Uint8Array } | undefined;
  const close = () => {
    if (open !== undefined) exchanges.push(exchange(open.written, open.received, open.time));
    open = undefined;
  };
  for (const { kind, address: to, bytes, result, time } of transactions) {
    if (to !== address || result.ack !== 'ack') continue;
    if (kind === 'read') {
      if (open !== undefined) open.received = Buffer.concat([open.received, bytes]);
    } else if (bytes[0] === WORD_ADDRESS.Command) {
      close();
      open = { time, written: bytes, received: new Uint8Array(0) };
    } else if (bytes[0] === WORD_ADDRESS.Reset) {
      // The output is read again from its start.
      if (open !== undefined) open.received = new Uint8Array(0);
    } else {
      close();
    }
  }
  close();
  return exchanges;
}

/** `written` begins with the word address. */
export function exchange(written: Uint8Array, received: Uint8Array, time?: number): Exchange {
  return {
    time,
    command: atecc608Decoder.write(written),
    reply: atecc608Decoder.read(received, written),
    sent: written.slice(1),
    received: Uint8Array.from(received),
  };
}

export interface ExchangeDifference {
  /** How many exchanges are the same before and behind what differs. */
  readonly before: number;
  readonly behind: number;
  /** What stands between, on each side; both empty where nothing differs. */
  readonly left: readonly Exchange[];
  readonly right: readonly Exchange[];
}

/** Compares what was asked and answered; with `bytes` every byte of it, which random numbers and signatures change. */
export function compareExchanges(
  left: readonly Exchange[],
  right: readonly Exchange[],
  { bytes }: { readonly bytes: boolean },
): ExchangeDifference {
  const same = (a: Exchange | undefined, b: Exchange | undefined) =>
    a !== undefined && b !== undefined && key(a, bytes) === key(b, bytes);
  const shorter = Math.min(left.length, right.length);
  let before = 0;
  while (before < shorter && same(left[before], right[before])) before++;
  let behind = 0;
  while (behind < shorter - before && same(left.at(-1 - behind), right.at(-1 - behind))) behind++;
  return {
    before,
    behind,
    left: left.slice(before, left.length - behind),
    right: right.slice(before, right.length - behind),
  };
}

function key({ command, reply, sent, received }: Exchange, bytes: boolean): string {
  const hex = (part: Uint8Array) => Buffer.from(part).toString('hex');
  return bytes ? `${hex(sent)} ${hex(received)}` : `${command} > ${reply}`;
}
