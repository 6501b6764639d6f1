import { lookup as systemLookup } from 'node:dns';
import { connect, type LookupFunction, type Socket } from 'node:net';
import type { Dial } from '../../emulator/device/index.ts';
import type { ConnectionTap, WireTap } from '../trace/index.ts';

/** How long a peer may keep its side open after this side has ended, before it costs no descriptor any more. */
const LINGER_MS = 1000;

const NO_ROUTE: ReadonlySet<string> = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** Asks the system once per name and run, so that a fleet measures the broker and not the resolver. */
function cachedLookup(): LookupFunction {
  const pending = new Map<string, Promise<{ address: string; family: number }[]>>();
  return (hostname, options, callback) => {
    let answer = pending.get(hostname);
    if (answer === undefined) {
      answer = new Promise((resolve, reject) => {
        systemLookup(hostname, { ...options, all: true }, (error, addresses) =>
          error ? reject(error) : resolve(addresses),
        );
      });
      pending.set(hostname, answer);
      answer.catch(() => pending.delete(hostname));
    }
    answer.then(
      (addresses) => callback(null, addresses),
      (error) => callback(error, []),
    );
  };
}

/** Of the addresses of a host the first that says something: a family without a route here says nothing of the broker. */
function failureOf(error: NodeJS.ErrnoException): { code: string; message: string; syscall: string | undefined } {
  const errors: readonly NodeJS.ErrnoException[] = error instanceof AggregateError ? error.errors : [error];
  const { code = 'UNKNOWN', syscall } = errors.find(({ code = '' }) => !NO_ROUTE.has(code)) ?? errors[0] ?? error;
  return { code, syscall, message: errors.map(({ message }) => message).join(', ') };
}

/** Gathers what one turn of the event loop writes into one system call. */
function writeTogether(socket: Socket, bytes: Uint8Array): void {
  if (socket.writableCorked === 0) {
    socket.cork();
    process.nextTick(() => socket.uncork());
  }
  socket.write(bytes);
}

function tapped(wire: WireTap, socket: Socket): ConnectionTap {
  const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket;
  return wire.connected({ address: localAddress, port: localPort }, { address: remoteAddress, port: remotePort });
}

/** Device connections over node's sockets; `onTraffic` counts the bytes of all of them, `wire` sees them. */
export function tcpDial(onTraffic: { sent(bytes: number): void; received(bytes: number): void }, wire?: WireTap): Dial {
  const lookup = cachedLookup();
  return (host, port, events) => {
    let over = false;
    let tap: ConnectionTap | undefined;
    const socket = connect({ host, port, lookup, noDelay: true });
    const closed = (reason?: { code: string; message: string }) => {
      if (over) return;
      over = true;
      socket.destroy();
      events.closed(reason);
    };
    socket.once('connect', () => {
      if (wire !== undefined) tap = tapped(wire, socket);
      events.opened();
    });
    socket.on('data', (bytes) => {
      onTraffic.received(bytes.length);
      tap?.received(bytes);
      if (!over) events.received(bytes);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      const failure = failureOf(error);
      // A listener refuses with ECONNREFUSED: what is reset had been accepted, and ended before this process looked.
      if (!over && failure.syscall === 'connect' && failure.code === 'ECONNRESET') events.opened();
      tap?.reset();
      closed(failure);
    });
    socket.once('end', () => {
      tap?.ended('broker');
      // Whoever is told closes this side too.
      tap?.ended('device');
      closed();
    });
    socket.once('close', () => closed());
    return {
      write(bytes) {
        if (over) return;
        onTraffic.sent(bytes.length);
        tap?.sent(bytes);
        writeTogether(socket, bytes);
      },
      end() {
        tap?.ended('device');
        socket.end();
        setTimeout(() => socket.destroy(), LINGER_MS).unref();
      },
      destroy() {
        over = true;
        socket.destroy();
      },
    };
  };
}
