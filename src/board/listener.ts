import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { EmuError } from '../../emulator/errors.ts';

const LOOPBACK = '127.0.0.1';

/** More than any test rig has, and few enough that clients which never hang up cannot fill the memory. */
const MAX_CONNECTIONS = 512;

/** A TCP port of a board. */
export interface Listener {
  readonly port: number;
  /** Hangs up on everyone; resolves when the port is free. */
  close(): Promise<void>;
}

/**
 * Serves each connection until `serve` resolves or the client is gone; what goes wrong with one ends that one alone. A
 * client that has said all it wants to say still gets its replies. One more than there is room for takes the place of the one
 * that has said nothing for the longest time, so that clients which forget to hang up keep nobody out.
 * `port` 0 takes any that is free. @throws EmuError EMU_E_BOARD_PORT
 */
export async function listen(port: number, serve: (socket: Socket) => Promise<void>): Promise<Listener> {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true, keepAlive: true, allowHalfOpen: true }, (socket) => {
    if (open.size >= MAX_CONNECTIONS) hangUpOnFirst(open);
    open.add(socket);
    // In the order in which they last spoke.
    socket.on('readable', () => {
      if (open.delete(socket)) open.add(socket);
    });
    socket.on('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    serve(socket).then(
      () => socket.end(),
      () => socket.destroy(),
    );
  });
  await bound(server, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

function hangUpOnFirst(open: Set<Socket>): void {
  const [first] = open;
  if (first === undefined) return;
  open.delete(first);
  first.destroy();
}

const OTHER_PORT = 'Name another with --port, or leave it out to use free ports.';

const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  EADDRINUSE: ['it is in use', OTHER_PORT],
  EACCES: ['permission denied', OTHER_PORT],
  EMFILE: ['too many files are open', 'Serve fewer boards, each of which takes three, or raise the limit: ulimit -n.'],
};

async function bound(server: Server, port: number): Promise<void> {
  const listening = once(server, 'listening');
  server.listen(port, LOOPBACK);
  try {
    await listening;
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const [reason, hint] = REASONS[code] ?? [message, OTHER_PORT];
    const where = port === 0 ? 'one more port' : `port ${port}`;
    throw new EmuError('EMU_E_BOARD_PORT', `cannot listen on ${where}: ${reason}`, { value: port, hint, cause });
  }
}
