import type { Transaction } from './monitor.ts';

/** Describes a transfer in the chip's own terms, or returns an empty string. It has no state. */
export interface TransactionDecoder {
  write(bytes: Uint8Array): string;
  /** `written` is what the chip last took, for replies that cannot be read without their question. */
  read(bytes: Uint8Array, written: Uint8Array): string;
}

/** The decoder of each 7-bit address. */
export type Decoders = ReadonlyMap<number, TransactionDecoder>;

/**
 * One line per transfer: `W 76 F4 57 ; ctrl_meas=57`. A `+` after the bytes means that the bus stayed held, `NACK` stands
 * where the target stopped acknowledging (right behind the address, or behind the bytes that it took). Times lead, in
 * milliseconds, where they were recorded.
 */
export function transcript(transactions: readonly Transaction[], decoders: Decoders = new Map()): string[] {
  const transcriber = new Transcriber(decoders);
  return transactions.map((transaction) => transcriber.line(transaction));
}

/** Makes the transcript of one bus as its transfers come. */
export class Transcriber {
  readonly #decoders: Decoders;
  readonly #written = new Map<number, Uint8Array>();

  constructor(decoders: Decoders) {
    this.#decoders = decoders;
  }

  line(transaction: Transaction): string {
    const time = transaction.time === undefined ? '' : `${transaction.time.toFixed(3)} `;
    const meaning = this.meaning(transaction);
    const comment = meaning === '' ? '' : ` ; ${meaning}`;
    return `${time}${transaction.kind === 'write' ? 'W' : 'R'} ${onTheWire(transaction)}${comment}`;
  }

  /** The decoder's words alone. */
  meaning({ kind, address, bytes, result }: Transaction): string {
    const decoder = this.#decoders.get(address);
    if (result.ack !== 'ack' || decoder === undefined) return '';
    if (kind === 'read') return decoder.read(bytes, this.#written.get(address) ?? new Uint8Array(0));
    this.#written.set(address, bytes);
    return decoder.write(bytes);
  }
}

/** What the transfers mean, without the bytes: the decoders' words alone. */
export function descriptions(transactions: readonly Transaction[], decoders: Decoders): string[] {
  const transcriber = new Transcriber(decoders);
  return transactions.map((transaction) => transcriber.meaning(transaction)).filter((meaning) => meaning !== '');
}

/**
 * What two hosts that do the same have in common however they split and poll: consecutive reads from one address become
 * one, and the NACKs of polling go. Of a poll that was given up one NACK remains. The general call (address 0, never
 * acknowledged) is not a poll.
 */
export function normalise(transactions: readonly Transaction[]): Transaction[] {
  const common: Transaction[] = [];
  for (const next of transactions) {
    let last = common.at(-1);
    if (last !== undefined && isPollNack(last) && isSameTransfer(last, next)) {
      common.pop();
      last = common.at(-1);
    }
    if (last !== undefined && isAcknowledgedRead(last) && isAcknowledgedRead(next) && isSameTransfer(last, next)) {
      common[common.length - 1] = { ...last, bytes: concat(last.bytes, next.bytes), stop: next.stop };
    } else {
      common.push(next);
    }
  }
  return common;
}

function onTheWire({ address, bytes, result, stop }: Transaction): string {
  const words = [hexByte(address)];
  const taken = result.ack === 'ack' ? bytes.length : result.ack === 'data-nack' ? result.taken : 0;
  for (const byte of bytes.subarray(0, taken)) words.push(hexByte(byte));
  if (result.ack !== 'ack') words.push('NACK');
  if (!stop) words.push('+');
  return words.join(' ');
}

function isPollNack({ address, result }: Transaction): boolean {
  return address !== 0 && result.ack === 'address-nack';
}

function isAcknowledgedRead({ kind, result }: Transaction): boolean {
  return kind === 'read' && result.ack === 'ack';
}

function isSameTransfer(a: Transaction, b: Transaction): boolean {
  return a.kind === b.kind && a.address === b.address;
}

function concat(head: Uint8Array, tail: Uint8Array): Uint8Array {
  const whole = new Uint8Array(head.length + tail.length);
  whole.set(head);
  whole.set(tail, head.length);
  return whole;
}

function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
