import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { packet } from './atecc608.ts';

export interface I2cReply {
  /** 0 ack, 1 address NACK, 2 data NACK. */
  readonly status: number;
  readonly data: Uint8Array;
}

/** A client of a board's I2C port, one request after the other. */
export class BoardClient {
  readonly socket: Socket;
  readonly #replies: AsyncGenerator<I2cReply>;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => {});
    this.#replies = replies(socket);
  }

  static async connect(port: number): Promise<BoardClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    return new BoardClient(socket);
  }

  request(op: 'W' | 'S' | 'R', address: number, length: number, data: Uint8Array = new Uint8Array(0)): void {
    this.socket.write(Uint8Array.of(op.charCodeAt(0), address, length & 0xff, length >> 8, ...data));
  }

  /** The next reply; throws when the board hangs up instead. */
  async reply(): Promise<I2cReply> {
    const { value, done } = await this.#replies.next();
    if (done) throw new Error('the board hung up');
    return value;
  }

  write(address: number, data: Uint8Array, op: 'W' | 'S' = 'W'): Promise<I2cReply> {
    this.request(op, address, data.length, data);
    return this.reply();
  }

  read(address: number, length: number): Promise<I2cReply> {
    this.request('R', address, length);
    return this.reply();
  }

  /** Wakes the chip, sends one command, and returns its payload, as cryptoauthlib's hosts do; idles behind it. */
  async command(opcode: number, param1 = 0, param2 = 0, data?: Uint8Array, address = 0x60): Promise<Uint8Array> {
    await this.write(0, Uint8Array.of(0));
    await this.write(address, Uint8Array.of(3, ...packet(opcode, param1, param2, data)));
    const count = (await this.read(address, 1)).data[0] ?? 0;
    const rest = (await this.read(address, count - 1)).data;
    await this.write(address, Uint8Array.of(2));
    return rest.subarray(0, -2);
  }

  close(): void {
    this.socket.destroy();
  }
}

async function* replies(socket: Socket): AsyncGenerator<I2cReply> {
  let pending = new Uint8Array(0);
  for await (const chunk of socket) {
    pending = Uint8Array.from(Buffer.concat([pending, chunk as Buffer]));
    for (;;) {
      const [status, low, high] = pending;
      if (status === undefined || low === undefined || high === undefined) break;
      const end = 3 + (low | (high << 8));
      if (pending.length < end) break;
      yield { status, data: pending.slice(3, end) };
      pending = pending.slice(end);
    }
  }
}
