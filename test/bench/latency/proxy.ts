/**
 * A TCP proxy in a process of its own (`fork(proxy.js, [PORT])`) that stamps what passes. It sends its own port first and, when it is
 * asked, what it saw: `tls` from an accepted connection to the server's Finished, `connack` from the device's first
 * application record to the broker's, each in ms.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { RECORD, RecordTimes } from './record-times.ts';

/** What the proxy saw of all connections. */
export interface Seen {
  readonly tls: number[];
  readonly connack: number[];
  /** From the first accepted connection to the last CONNACK, ms. */
  readonly lastedMs: number;
}

const upstreamPort = Number(process.argv[2]);
const seen = { tls: [] as number[], connack: [] as number[] };
let firstAt = Number.POSITIVE_INFINITY;
let lastAt = 0;

const server = createServer({ noDelay: true }, (device) => {
  const acceptedAt = performance.now();
  firstAt = Math.min(firstAt, acceptedAt);
  let connectAt: number | undefined;
  let finished = false;
  let answered = false;
  const fromDevice = new RecordTimes((type) => {
    if (type === RECORD.applicationData) connectAt ??= performance.now();
  });
  const fromBroker = new RecordTimes((type) => {
    const now = performance.now();
    if (type === RECORD.changeCipherSpec && !finished) {
      finished = true;
      seen.tls.push(now - acceptedAt);
    }
    if (type === RECORD.applicationData && !answered && connectAt !== undefined) {
      answered = true;
      lastAt = now;
      seen.connack.push(now - connectAt);
    }
  });
  const broker = connect({ port: upstreamPort, host: '127.0.0.1', noDelay: true });
  for (const [from, to, records] of [
    [device, broker, fromDevice],
    [broker, device, fromBroker],
  ] as const) {
    from.on('data', (bytes: Buffer) => {
      to.write(bytes);
      records.add(bytes);
    });
    from.on('end', () => to.end());
    from.on('error', () => to.destroy());
  }
}).listen({ port: 0, host: '127.0.0.1', backlog: 4096 });

await once(server, 'listening');
process.on('message', () => {
  const report: Seen = { ...seen, lastedMs: lastAt - firstAt };
  process.send?.(report, undefined, undefined, () => process.exit());
});
process.send?.((server.address() as AddressInfo).port);
