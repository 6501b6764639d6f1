import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import tls from 'node:tls';
import { type HostileServerOptions, hostileServer } from './hostile-server.ts';

/** What a connection meets; `sawAlert` is told the number of each alert that came. */
export type Fault = (sawAlert: (description: number) => void) => (socket: Socket) => void;

/** A listener on loopback that fails its clients, and what it saw of them. */
export interface BrokenBroker {
  readonly port: number;
  /** When each connection was accepted, in milliseconds of `performance.now()`. */
  readonly accepted: readonly number[];
  /** By fault: the alerts that came. */
  readonly alerts: readonly (readonly number[])[];
  close(): void;
}

/** The k-th connection meets the fault of number k modulo how many there are. */
export async function brokenBroker(faults: readonly Fault[]): Promise<BrokenBroker> {
  const accepted: number[] = [];
  const alerts = faults.map((): number[] => []);
  const handlers = faults.map((fault, index) => fault((description) => alerts[index]?.push(description)));
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    handlers[accepted.length % handlers.length]?.(socket);
    accepted.push(performance.now());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    accepted,
    alerts,
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Plain TCP. Alerts are seen as long as they are not encrypted. */
export function tcpFault(onConnection: (socket: Socket) => void): Fault {
  return (sawAlert) => (socket) => {
    socket.on('data', ([type, , , , length, , description = 0]) => {
      if (type === 21 && length === 2) sawAlert(description);
    });
    onConnection(socket);
  };
}

/** A scripted TLS server, which sends back what it gets. */
export function scriptedFault(options: HostileServerOptions): Fault {
  return (sawAlert) => (socket) => {
    const { alerts } = hostileServer(socket, options);
    socket.on('close', () => {
      for (const { description } of alerts) sawAlert(description);
    });
  };
}

/** Node's own TLS server; `onClient` gets the connection when its handshake is over. */
export function tlsFault(options: tls.TlsOptions, onClient: (socket: tls.TLSSocket) => void = () => {}): Fault {
  return (sawAlert) => {
    // What OpenSSL says of an alert that came.
    const look = ({ message }: Error) => {
      const [, description] = /SSL alert number (\d+)/.exec(message) ?? [];
      if (description !== undefined) sawAlert(Number(description));
    };
    const server = tls.createServer(options, (socket) => {
      socket.on('error', look);
      onClient(socket);
    });
    server.on('tlsClientError', look);
    return (socket) => server.emit('connection', socket);
  };
}
