import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A host on a board's serial line, by TCP. */
export class SerialClient {
  readonly socket: Socket;
  #received = '';

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    socket.setEncoding('latin1').on('data', (text) => {
      this.#received += text;
    });
  }

  static async connect(port: number): Promise<SerialClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    return new SerialClient(socket);
  }

  send(...texts: readonly string[]): void {
    for (const text of texts) this.socket.write(text, 'latin1');
  }

  /** What has come by now, and was not asked for yet. */
  take(): string {
    const received = this.#received;
    this.#received = '';
    return received;
  }

  /** All that comes until it ends like this. */
  async until(end: string): Promise<string> {
    while (!this.#received.endsWith(end)) {
      if (this.socket.destroyed) throw new Error(`the board hung up behind ${JSON.stringify(this.#received)}`);
      await Promise.race([once(this.socket, 'data'), once(this.socket, 'close')]);
    }
    return this.take();
  }

  /** Sends and waits for an answer that ends like this. */
  ask(text: string, end: string): Promise<string> {
    this.send(text);
    return this.until(end);
  }

  close(): void {
    this.socket.destroy();
  }
}
