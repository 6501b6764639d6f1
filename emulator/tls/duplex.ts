import { Duplex } from 'node:stream';
import { EmuError } from '../errors.ts';
import { TlsClient } from './client.ts';
import type { TlsClientOptions, TlsInfo } from './client-handshake.ts';

/**
 * A TLS connection as a stream over any other: what is written becomes one record per write, what is read is one chunk
 * per record. Emits `secure` with a TlsInfo when the handshake is over, and `error` with the EmuError that ended it.
 */
export class TlsDuplex extends Duplex {
  readonly #transport: Duplex;
  readonly #client: TlsClient;
  /** The one write under way: its end, and its bytes when it has to wait for the handshake. */
  #finish: ((error?: Error | null) => void) | undefined;
  #early: Uint8Array | undefined;
  #finished: EmuError | undefined;

  constructor(transport: Duplex, options: TlsClientOptions) {
    super({ allowHalfOpen: false });
    this.#transport = transport;
    this.#client = new TlsClient(options, {
      write: (bytes) => void transport.write(bytes),
      data: (record) => {
        if (!this.push(record)) transport.pause();
      },
      secure: (info) => this.#secure(info),
      closed: (reason) => this.#closed(reason),
    });
    transport.on('data', (bytes: Uint8Array) => this.#client.receive(bytes));
    transport.on('end', () => this.#client.transportClosed());
    transport.on('close', () => this.#client.transportClosed());
    transport.on('error', (error) => this.destroy(error));
    this.#client.start();
  }

  override _read(): void {
    this.#transport.resume();
  }

  override _write(bytes: Uint8Array, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#finished) {
      done(this.#finished);
      return;
    }
    this.#finish = done;
    if (this.#client.state === 'established') this.#send(bytes);
    else this.#early = bytes;
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#client.close();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#client.close();
    done(error);
  }

  #secure(info: TlsInfo): void {
    this.emit('secure', info);
    if (this.#early && !this.#finished) this.#send(this.#early);
    this.#early = undefined;
  }

  #send(bytes: Uint8Array): void {
    this.#client.send(bytes);
    if (this.#transport.writableNeedDrain) this.#transport.once('drain', () => this.#written());
    else this.#written();
  }

  #written(error?: Error): void {
    const finish = this.#finish;
    this.#finish = undefined;
    finish?.(error);
  }

  #closed(reason: EmuError | undefined): void {
    const closed = 'the connection cannot send: it is closed';
    this.#finished = reason ?? new EmuError('EMU_E_TLS_NOT_ESTABLISHED', closed, { value: 'closed' });
    // The alert goes out before the transport does.
    this.#transport.end(() => this.#transport.destroy());
    this.#written(this.#finished);
    if (reason) this.destroy(reason);
    else this.push(null);
  }
}

/** Starts a handshake over a connected `transport`. */
export function connectTls(transport: Duplex, options: TlsClientOptions): TlsDuplex {
  return new TlsDuplex(transport, options);
}
