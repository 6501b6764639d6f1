import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { generate, type IPublishPacket, parser } from 'mqtt-packet';
import type { Identity } from './certificates.ts';

/** The return code Failure of a SUBACK (MQTT 3.1.1, 3.9.3). */
const REFUSED = 0x80;

export interface WaywardBrokerOptions {
  readonly server: Identity;
  /** PEM of the roots whose clients it accepts. */
  readonly clientCas: string;
  /** How often the n-th publish (from 1) is delivered to a subscriber. */
  readonly copies: (n: number) => number;
  /** Whether it refuses a subscription to this filter. */
  readonly refuses?: (filter: string) => boolean;
  /** What it retains from before: whoever subscribes with a wildcard gets it. */
  readonly retained?: { readonly topic: string; readonly payload: string };
}

export interface WaywardBroker {
  readonly port: number;
  /** CN of each client that has connected, by its client id. */
  readonly clients: ReadonlyMap<string, string>;
  /** Publishes taken so far. */
  readonly taken: number;
  stop(): Promise<void>;
}

/** A broker that loses and duplicates as it is told; it delivers every publish to whoever subscribed with a wildcard. */
export async function startWaywardBroker(options: WaywardBrokerOptions): Promise<WaywardBroker> {
  const { server, clientCas, copies, refuses = () => false, retained } = options;
  const subscribers = new Set<TLSSocket>();
  const sockets = new Set<TLSSocket>();
  const clients = new Map<string, string>();
  let taken = 0;
  const deliver = ({ topic, payload }: IPublishPacket) => {
    const packet = generate({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });
    taken++;
    for (let copy = copies(taken); copy > 0; copy--) for (const socket of subscribers) socket.write(packet);
  };
  const listener = createServer(
    { cert: server.certificate, key: server.key, ca: clientCas, requestCert: true, noDelay: true },
    (socket) => {
      sockets.add(socket);
      const answers = parser({ protocolVersion: 4 }).on('packet', (packet) => {
        if (packet.cmd === 'connect') {
          clients.set(packet.clientId, String(socket.getPeerCertificate().subject.CN));
          socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }));
        } else if (packet.cmd === 'subscribe') {
          const granted = packet.subscriptions.map(({ topic }) => (refuses(topic) ? REFUSED : 0));
          const wildcard = packet.subscriptions.some(({ topic }) => /[+#]/.test(topic));
          if (wildcard) subscribers.add(socket);
          socket.write(generate({ cmd: 'suback', messageId: packet.messageId ?? 0, granted }));
          if (wildcard && retained) {
            socket.write(generate({ cmd: 'publish', ...retained, qos: 0, dup: false, retain: true }));
          }
        } else if (packet.cmd === 'publish') deliver(packet);
      });
      socket.on('data', (bytes) => answers.parse(bytes));
      socket.on('error', () => {});
      socket.on('close', () => subscribers.delete(socket));
    },
  );
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    clients,
    get taken() {
      return taken;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
