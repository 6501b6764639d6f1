import { constants } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { LOOPBACK } from './messages.ts';
import type { CloudOptions } from './options.ts';

/** A whole fleet may knock at once; the system cuts this to its own limit. */
const BACKLOG = 4096;

/**
 * A TLS listener that asks for a client's certificate and leaves the judgement to `serve`. It resumes no session: a resumed one
 * has the client's own certificate without those above it.
 */
export function listen(
  server: CloudOptions['server'],
  port: number,
  serve: (socket: TLSSocket) => void,
): Promise<number> {
  const listener = createServer(
    {
      cert: server.certificatePem,
      key: server.keyPem,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: 'TLSv1.2',
      secureOptions: constants.SSL_OP_NO_TICKET,
      // Consecutive records must not wait for the peer's delayed ACK.
      noDelay: true,
    },
    serve,
  );
  return new Promise((resolve, reject) => {
    listener.on('error', reject);
    listener.listen({ port, host: LOOPBACK, backlog: BACKLOG }, () =>
      resolve((listener.address() as AddressInfo).port),
    );
  });
}
