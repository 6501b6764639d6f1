import { createServer, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { listening } from './i2c-stand-in.ts';

/**
 * A peer for the preload library's serial port. A line `0:ab,300:cd/` is answered by `ab` at once and `cd` and a line feed 300 ms
 * later.
 */
export interface LineStandIn {
  readonly port: number;
  /** What came in; taken when read. */
  take(): string;
  hangUp(): void;
  close(): Promise<void>;
}

export async function startLineStandIn(): Promise<LineStandIn> {
  const sockets = new Set<Socket>();
  let received = '';
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    let begun = '';
    socket.setEncoding('latin1').on('data', async (text: string) => {
      received += text;
      const lines = (begun + text).split('\n');
      begun = lines.pop() ?? '';
      for (const [, delay, answer = ''] of lines.join('\n').matchAll(/(\d+):([^,\n]*)/g)) {
        await setTimeout(Number(delay));
        socket.write(answer.replaceAll('/', '\n'));
      }
    });
  });
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: await listening(server),
    take() {
      const text = received;
      received = '';
      return text;
    },
    hangUp,
    close() {
      hangUp();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
