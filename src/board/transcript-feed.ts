import type { Socket } from 'node:net';
import { atecc608Decoder } from '../../emulator/atecc608/index.ts';
import { bme280Decoder } from '../../emulator/bme280/index.ts';
import { type TransactionDecoder, Transcriber } from '../../emulator/i2c/index.ts';
import type { Board } from './board.ts';

/** What may wait for a client that reads slowly; what comes behind it is dropped and counted. */
const BACKLOG_BYTES = 262_144;

/**
 * Tells a client of a board's transfers as they happen: `{"ms":12.345,"transcript":"W 60 03 … ; Info …"}`, the time
 * counted from when it began, and `{"dropped":n}` for n of them that the client was too slow for.
 */
export class TranscriptFeed {
  readonly #board: Board;
  readonly #socket: Socket;
  #dropped = 0;
  #stop: (() => void) | undefined;

  constructor(board: Board, socket: Socket) {
    this.#board = board;
    this.#socket = socket;
    socket.on('drain', () => this.#tellDropped());
  }

  begin(): void {
    if (this.#stop !== undefined) return;
    const began = this.#board.clock.now();
    const decoders = new Map<number, TransactionDecoder>();
    const transcriber = new Transcriber(decoders);
    this.#stop = this.#board.listen((transaction) => {
      this.#decodersAsOfNow(decoders);
      if (this.#socket.writableLength > BACKLOG_BYTES) {
        this.#dropped++;
        // What a read means depends on the write before it, sent or not.
        transcriber.meaning(transaction);
        return;
      }
      this.#tellDropped();
      const { time = began, ...timeless } = transaction;
      const ms = Math.round((time - began) * 1000) / 1000;
      this.#send({ ms, transcript: transcriber.line({ ...timeless, time: undefined }) });
    });
  }

  end(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    this.#send({ dropped: this.#dropped });
    this.#dropped = 0;
  }

  #send(event: object): void {
    this.#socket.write(`${JSON.stringify(event)}\n`);
  }

  /** Chips may change their address. */
  #decodersAsOfNow(decoders: Map<number, TransactionDecoder>): void {
    const { chips, sensor } = this.#board;
    decoders.clear();
    if (sensor !== undefined) decoders.set(sensor.address, bme280Decoder);
    for (const { address } of chips) decoders.set(address, atecc608Decoder);
  }
}
