import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { PacketRecords } from '../../src/broker/packet-records.ts';
import type { Identity } from './certificates.ts';

/** A device's connection: hexadecimal texts of its packets, packet ids 0000. What a device sends is one entry for each TLS record. */
export interface TappedConnection {
  readonly sent: string[];
  readonly received: string[];
  /** Subject CN of the client's certificate. */
  readonly client: string;
}

export interface TappedServer {
  readonly port: number;
  readonly connections: TappedConnection[];
  /** Hangs up on all, and is not there until `listen`. */
  hangUp(): Promise<void>;
  /** Is there again, at the same port. */
  listen(): Promise<void>;
  close(): Promise<void>;
}

export interface TappedServerOptions {
  readonly server: Identity;
  /** PEM of whose clients are let in. */
  readonly clientCas: string;
  /** Takes over a connection: a stream of MQTT, whose writes reach the device as one TLS record for each packet. */
  readonly serve: (stream: Duplex, socket: TLSSocket) => void;
}

/** A TLS server that shows the packets of its clients, decrypted, whoever serves them behind it. */
export async function tappedServer({ server, clientCas, serve }: TappedServerOptions): Promise<TappedServer> {
  const connections: TappedConnection[] = [];
  const open = new Set<TLSSocket>();
  const listener = createServer(
    {
      ...{ cert: server.certificate, key: server.key, ca: clientCas, requestCert: true, rejectUnauthorized: true },
      ...{ minVersion: 'TLSv1.2', noDelay: true },
    },
    (socket) => {
      open.add(socket);
      socket.on('close', () => open.delete(socket)).on('error', () => {});
      const connection: TappedConnection = {
        sent: [],
        received: [],
        client: String(socket.getPeerCertificate().subject?.CN),
      };
      connections.push(connection);
      // OpenSSL hands out one record at a time.
      socket.on('data', (record: Buffer) => connection.sent.push(withoutId(record).toString('hex')));
      const write = socket.write.bind(socket);
      socket.write = (packet: unknown, ...rest: unknown[]) => {
        connection.received.push(withoutId(packet as Buffer).toString('hex'));
        return (write as (...parameters: unknown[]) => boolean)(packet, ...rest);
      };
      const stream = new PacketRecords(socket);
      stream.on('error', () => {});
      serve(stream, socket);
    },
  );
  listener.on('tlsClientError', () => {});
  let port = 0;
  const listen = async () => {
    listener.listen({ port, host: '127.0.0.1' });
    await once(listener, 'listening');
    port = (listener.address() as AddressInfo).port;
  };
  const hangUp = async () => {
    const closed = once(listener, 'close');
    listener.close();
    for (const socket of open) socket.destroy();
    await closed;
  };
  await listen();
  return {
    get port() {
      return port;
    },
    connections,
    hangUp,
    listen,
    close: () => (listener.listening ? hangUp() : Promise.resolve()),
  };
}

/** Serves by a broker at a port of this machine, which knows this client. */
export function servedBy(port: number, client: Identity, ca: string): TappedServerOptions['serve'] {
  return (stream) => {
    const identity = { cert: client.certificate, key: client.key };
    const broker = connect({ host: '127.0.0.1', servername: 'localhost', port, ca, ...identity }).setNoDelay();
    broker.on('error', () => stream.destroy());
    stream.on('error', () => broker.destroy());
    stream.pipe(broker);
    broker.pipe(stream);
    broker.on('close', () => stream.destroy());
    stream.on('close', () => broker.destroy());
  };
}

const [PUBLISH, PUBACK, SUBSCRIBE, UNSUBACK] = [3, 4, 8, 11];

/** The packet with id 0, where it has one [MQTT-2.3.1]. */
function withoutId(record: Uint8Array): Buffer {
  const packet = Buffer.from(record);
  const type = (packet[0] ?? 0) >> 4;
  const qos = ((packet[0] ?? 0) >> 1) & 3;
  let at = 1;
  while (((packet[at] ?? 0) & 0x80) !== 0) at++;
  at++;
  if (type === PUBLISH && qos > 0) at += 2 + packet.readUInt16BE(at);
  else if (type < PUBACK || (type > PUBACK && type < SUBSCRIBE) || type > UNSUBACK) return packet;
  packet.fill(0, at, at + 2);
  return packet;
}
