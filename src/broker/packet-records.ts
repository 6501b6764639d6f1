import { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import { PacketFramer } from './packet-framer.ts';

type Done = (error?: Error | null) => void;

/**
 * A stream between broker and TLS socket that sends every MQTT packet as one TLS record, as mosquitto does.
 * The broker writes a packet in pieces and several packets in one tick, and Node's TLS joins whatever waits into one
 * record; the firmware handles only the first packet of a record. So each packet is one write, and the next one waits for it.
 */
export class PacketRecords extends Duplex {
  readonly #socket: TLSSocket;
  readonly #framer = new PacketFramer();

  constructor(socket: TLSSocket) {
    super({ allowHalfOpen: false });
    this.#socket = socket;
    socket.on('data', (chunk) => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: Done): void {
    this.#send(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: Done): void {
    this.#send(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }

  override _final(done: Done): void {
    this.#socket.end(() => done());
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#socket.destroy();
    done(error);
  }

  #send(bytes: Buffer, done: Done): void {
    const packets = this.#framer.push(bytes);
    let next = 0;
    const sendNext: Done = (error) => {
      const packet = packets[next++];
      if (error || packet === undefined) done(error);
      else this.#socket.write(packet, sendNext);
    };
    sendNext();
  }
}
