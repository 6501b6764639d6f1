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
  /** What was written before the handshake was over. */
  #waiting: (() => void) | undefined;
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
    const send = () => {
      this.#waiting = undefined;
      this.#client.send(bytes);
      if (this.#transport.writableNeedDrain) this.#transport.once('drain', () => done());
      else done();
    };
    if (this.#client.state === 'established') send();
    else this.#waiting = send;
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#client.close();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#client.close();
    this.#transport.destroy();
    done(error);
  }

  #secure(info: TlsInfo): void {
    this.emit('secure', info);
    this.#waiting?.();
  }

  #closed(reason: EmuError | undefined): void {
    this.#finished =
      reason ??
      new EmuError('EMU_E_TLS_NOT_ESTABLISHED', 'the connection cannot send: it is closed', { value: 'closed' });
    this.#transport.end();
    if (reason) this.destroy(reason);
    else this.push(null);
  }
}

/** Starts a handshake over a connected `transport`. */
export function connectTls(transport: Duplex, options: TlsClientOptions): TlsDuplex {
  return new TlsDuplex(transport, options);
}
