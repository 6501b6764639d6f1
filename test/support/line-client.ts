import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

export type Json = Readonly<Record<string, unknown>>;

/** A client of a TCP port that speaks in lines. */
export class LineClient {
  readonly socket: Socket;
  readonly #lines: AsyncIterator<string>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    this.#lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  }

  static async connect(port: number): Promise<LineClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    return new LineClient(socket);
  }

  /** The next line, without its end; undefined when the peer has hung up. */
  async line(): Promise<string | undefined> {
    const { value, done } = await this.#lines.next();
    return done ? undefined : value;
  }

  /** Sends a line and waits for one. */
  async ask(line: string): Promise<string | undefined> {
    this.socket.write(`${line}\n`);
    return this.line();
  }

  /** The same in JSON. */
  async request(value: object): Promise<Json> {
    this.socket.write(`${JSON.stringify(value)}\n`);
    return this.json();
  }

  /** The next line in JSON; throws when the peer hangs up instead. */
  async json(): Promise<Json> {
    const line = await this.line();
    if (line === undefined) throw new Error('the peer hung up');
    return JSON.parse(line) as Json;
  }

  close(): void {
    this.socket.destroy();
  }
}
