import { constants } from 'node:crypto';
import type { AddressInfo, Server } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { EmuError } from '../../emulator/errors.ts';
import { LOOPBACK } from './messages.ts';
import type { CloudOptions } from './options.ts';

/** A whole fleet may knock at once; the system cuts this to its own limit. */
const BACKLOG = 4096;

/**
 * A TLS listener that asks for a client's certificate and leaves the judgement to `serve`. It resumes no session: a resumed one
 * has the client's own certificate without those above it.
 */
export function listenTls(
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
  return listening(listener, port);
}

export const listenHttp = listening;

/** Listens on loopback; resolves to the port. @throws EmuError EMU_E_CLOUD_PORT */
function listening(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'another process listens there' : cause.message;
      reject(
        new EmuError('EMU_E_CLOUD_PORT', `the cloud cannot listen on port ${port}: ${why}`, {
          value: port,
          hint: 'Name another port, or leave it out to use a free one.',
          cause,
        }),
      );
    });
    server.listen({ port, host: LOOPBACK, backlog: BACKLOG }, () => resolve((server.address() as AddressInfo).port));
  });
}
