import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { generate, type Packet, parser } from 'mqtt-packet';
import type { Identity } from './certificates.ts';

/** A device asks a DPS to register it, or how far its registration is. */
export interface DpsRequest {
  readonly kind: 'register' | 'poll';
  readonly registrationId: string;
  /** Counts the requests of this connection from 0. */
  readonly n: number;
}

/** What a DPS answers: the status in the topic, what stands behind the request's id there, and the body. */
export interface DpsAnswer {
  readonly status: number;
  readonly topicEnd?: string;
  readonly body: string;
}

export interface WaywardCloudOptions {
  readonly server: Identity;
  /** The return code of the DPS's CONNACK to a device; 0 unless told. */
  readonly connack?: (registrationId: string) => number;
  /** Undefined where the DPS says nothing. */
  readonly answer: (request: DpsRequest) => DpsAnswer | undefined;
}

export interface WaywardCloud {
  /** Of the DPS and of every hub: they are told apart by the user name of the CONNECT. */
  readonly port: number;
  /** Device ids that a hub has let in, each as often as it came. */
  readonly atHubs: readonly string[];
  stop(): Promise<void>;
}

/** `assigned` as the service has it (Azure DPS, register over MQTT). */
export function assigned(registrationId: string, assignedHub: string): DpsAnswer {
  const registrationState = { registrationId, assignedHub, deviceId: registrationId, status: 'assigned' };
  return { status: 200, body: JSON.stringify({ operationId: '4.1', status: 'assigned', registrationState }) };
}

/** `assigning`, with when to ask again, s. */
export function assigning(retryAfter = 1): DpsAnswer {
  const body = JSON.stringify({ operationId: '4.1', status: 'assigning' });
  return { status: 202, topicEnd: `&retry-after=${retryAfter}`, body };
}

/** A DPS that answers as it is told, and hubs that let every device in and acknowledge what it sends. */
export async function startWaywardCloud(options: WaywardCloudOptions): Promise<WaywardCloud> {
  const sockets = new Set<TLSSocket>();
  const atHubs: string[] = [];
  const listener = createServer(
    {
      ...{ cert: options.server.certificate, key: options.server.key, noDelay: true },
      ...{ requestCert: true, rejectUnauthorized: false },
    },
    (socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {});
      serve(socket, options, atHubs);
    },
  );
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as AddressInfo).port,
    atHubs,
    async stop() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}

function serve(socket: TLSSocket, { connack = () => 0, answer }: WaywardCloudOptions, atHubs: string[]): void {
  let registrationId = '';
  let requests = 0;
  const send = (packet: Packet) => void socket.write(generate(packet));
  const packets = parser({ protocolVersion: 4 }).on('packet', (packet) => {
    if (packet.cmd === 'connect') {
      const isDps = packet.username?.includes('/registrations/') === true;
      if (!isDps) atHubs.push(packet.clientId);
      registrationId = packet.clientId;
      send({ cmd: 'connack', returnCode: isDps ? connack(packet.clientId) : 0, sessionPresent: false });
    } else if (packet.cmd === 'subscribe') {
      send({ cmd: 'suback', messageId: packet.messageId ?? 0, granted: packet.subscriptions.map(({ qos }) => qos) });
    } else if (packet.cmd === 'pingreq') {
      send({ cmd: 'pingresp' });
    } else if (packet.cmd === 'publish') {
      if (packet.qos === 1) send({ cmd: 'puback', messageId: packet.messageId ?? 0 });
      const [, verb, rid] = /^\$dps\/registrations\/(PUT|GET)\/.*[?&]\$rid=([^&]+)/.exec(packet.topic) ?? [];
      if (verb === undefined) return;
      const said = answer({ kind: verb === 'PUT' ? 'register' : 'poll', registrationId, n: requests++ });
      if (said === undefined) return;
      const topic = `$dps/registrations/res/${said.status}/?$rid=${rid}${said.topicEnd ?? ''}`;
      send({ cmd: 'publish', topic, payload: said.body, qos: 0, dup: false, retain: false });
    }
  });
  socket.on('data', (bytes) => packets.parse(bytes));
}
