import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { Aedes } from 'aedes';
import { type BrokerCredentials, LOOPBACK } from './messages.ts';
import { PacketRecords } from './packet-records.ts';

/** A whole fleet may knock at once; the system cuts this to its own limit. */
const BACKLOG = 4096;

/**
 * Takes every message at once (concurrency 0). With a limit Aedes queues what is over it, and goes through a queue of messages
 * without subscribers by recursion: some ten thousand of them, as a fleet that is cut off leaves behind, end the process.
 */
export function createBroker(): Promise<Aedes> {
  return Aedes.createBroker({ concurrency: 0 });
}

/** Listens on an ephemeral loopback port. */
export async function listen(credentials: BrokerCredentials): Promise<AddressInfo> {
  const broker = await createBroker();
  const server = createServer(
    {
      cert: credentials.serverCertificatePem,
      key: credentials.serverKeyPem,
      ca: credentials.clientCaPem,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      // Consecutive records must not wait for the peer's delayed ACK.
      noDelay: true,
    },
    (socket) => broker.handle(new PacketRecords(socket)),
  );
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen({ port: 0, host: LOOPBACK, backlog: BACKLOG }, () => resolve(server.address() as AddressInfo));
  });
}
