import type { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { generate, type IConnectPacket, type Packet } from 'mqtt-packet';
import type { Clock } from '../../../emulator/clock/index.ts';
import { PacketFramer } from '../../broker/index.ts';
import { PacketReader } from './packets.ts';
import {
  CONNACK,
  type ConnectRequest,
  type Granted,
  type Message,
  type Peer,
  type Refusal,
  type Service,
  type Session,
} from './service.ts';

/** A client that connected and says nothing is not waited for longer. */
const CONNECT_PATIENCE_MS = 30_000;
/** The server waits for one and a half times the keep alive [MQTT-3.1.2-24]. */
const KEEPALIVE_FACTOR = 1500;
/** Azure's load balancer waits for 1767 seconds and no longer, whatever the keep alive. */
const LONGEST_SILENCE_MS = 1_767_000;
/** A message of IoT Hub has 256 KB at most; topic and properties have room beside it. */
const LONGEST_PACKET = 320 * 1024;
/** Packets that may wait while one is handled; then the socket is not read. */
const MOST_WAITING = 64;

/** What a client sent that ends its connection. */
class Offence extends Error {}

/**
 * One connection of an MQTT 3.1.1 server. It is no broker: what a client publishes goes to its service alone, and only the
 * service sends to it. Packets are handled one after the other.
 */
class Serving implements Peer {
  readonly #stream: Duplex;
  readonly #service: Service;
  readonly #certificates: readonly X509Certificate[];
  readonly #clock: Clock;
  readonly #framer = new PacketFramer(LONGEST_PACKET);
  readonly #reader = new PacketReader();
  readonly #waiting: Buffer[] = [];
  readonly #unacknowledged = new Map<number, { resolve(): void; reject(error: Error): void }>();
  #handling = false;
  #session: Session | undefined;
  #will: Message | undefined;
  /** How long the client may say nothing. */
  #silenceMs = CONNECT_PATIENCE_MS;
  #cancelSilence: () => void = () => {};
  #lastMessageId = 0;
  #ended = false;

  constructor(stream: Duplex, service: Service, certificates: readonly X509Certificate[], clock: Clock) {
    this.#stream = stream;
    this.#service = service;
    this.#certificates = certificates;
    this.#clock = clock;
    stream.on('data', (chunk: Buffer) => this.#receive(chunk));
    stream.on('error', () => {});
    stream.on('close', () => this.#end());
    stream.on('end', () => this.drop());
    this.#listen();
  }

  send(topic: string, payload: Uint8Array | string, qos: 0 | 1): Promise<void> {
    const message = { cmd: 'publish', topic, payload: Buffer.from(payload), qos, dup: false, retain: false } as const;
    if (this.#ended) return Promise.reject(new Error('the connection is closed'));
    if (qos === 0) return this.#write(message);
    const messageId = this.#nextMessageId();
    return new Promise((resolve, reject) => {
      this.#unacknowledged.set(messageId, { resolve, reject });
      this.#write({ ...message, messageId }).catch(reject);
    });
  }

  drop(): void {
    this.#stream.destroy();
    this.#end();
  }

  #receive(chunk: Buffer): void {
    if (this.#ended) return;
    this.#listen();
    try {
      this.#waiting.push(...this.#framer.push(chunk));
    } catch {
      this.drop();
      return;
    }
    if (this.#waiting.length > MOST_WAITING) this.#stream.pause();
    if (!this.#handling) void this.#handleWaiting();
  }

  async #handleWaiting(): Promise<void> {
    this.#handling = true;
    try {
      for (let packet = this.#waiting.shift(); packet !== undefined; packet = this.#waiting.shift()) {
        await this.#handle(this.#reader.read(packet));
        if (this.#ended) return;
        if (this.#waiting.length === MOST_WAITING) this.#stream.resume();
      }
    } catch {
      this.drop();
    } finally {
      this.#handling = false;
    }
  }

  async #handle(packet: Packet): Promise<void> {
    const session = this.#session;
    if (packet.cmd === 'connect' && session === undefined) return this.#connect(packet);
    if (session === undefined) throw new Offence('the first packet must be CONNECT [MQTT-3.1.0-1]');
    switch (packet.cmd) {
      case 'publish': {
        const { topic, payload, qos, retain, messageId } = packet;
        if (qos === 2) throw new Offence('QoS 2 is not supported');
        const then = await session.publish({ topic, payload: Buffer.from(payload), qos, retain });
        if (qos === 1 && messageId !== undefined) await this.#write({ cmd: 'puback', messageId });
        then?.();
        return;
      }
      case 'puback':
        return this.#acknowledge(packet.messageId);
      case 'subscribe': {
        const granted: Granted[] = [];
        for (const { topic, qos } of packet.subscriptions) {
          granted.push(await session.subscribe(topic, qos === 0 ? 0 : 1));
        }
        await this.#write({ cmd: 'suback', messageId: packet.messageId as number, granted });
        session.subscribed?.();
        return;
      }
      case 'unsubscribe':
        for (const filter of packet.unsubscriptions) await session.unsubscribe(filter);
        return this.#write({ cmd: 'unsuback', messageId: packet.messageId as number, granted: [] });
      case 'pingreq':
        return this.#write({ cmd: 'pingresp' });
      case 'disconnect':
        this.#will = undefined;
        return this.drop();
      default:
        throw new Offence(`a client does not send ${packet.cmd} here`);
    }
  }

  async #connect(packet: IConnectPacket): Promise<void> {
    const verdict = await this.#judge(packet);
    if (this.#ended) {
      if (typeof verdict !== 'number') verdict.end(undefined);
      return;
    }
    if (typeof verdict === 'number') {
      await this.#write({ cmd: 'connack', returnCode: verdict, sessionPresent: false });
      this.#stream.end();
      return this.#end();
    }
    this.#session = verdict;
    this.#will = willOf(packet);
    this.#silenceMs = Math.min((packet.keepalive || Number.POSITIVE_INFINITY) * KEEPALIVE_FACTOR, LONGEST_SILENCE_MS);
    this.#listen();
    await this.#write({ cmd: 'connack', returnCode: CONNACK.accepted, sessionPresent: verdict.sessionPresent });
    verdict.begin?.();
  }

  #judge(packet: IConnectPacket): Promise<Session | Refusal> | Session | Refusal {
    if (packet.protocolVersion !== 4) return CONNACK.protocolVersion;
    if (packet.username === undefined) return CONNACK.notAuthorized;
    const request: ConnectRequest = {
      clientId: packet.clientId,
      username: packet.username,
      clean: packet.clean ?? false,
      keepalive: packet.keepalive ?? 0,
      will: willOf(packet),
      certificates: this.#certificates,
    };
    return this.#service.connect(request, this);
  }

  #acknowledge(messageId: number | undefined): void {
    const waiting = this.#unacknowledged.get(messageId as number);
    this.#unacknowledged.delete(messageId as number);
    waiting?.resolve();
  }

  /** 1 to 65,535 [MQTT-2.3.1-1], and none that is still in use. */
  #nextMessageId(): number {
    do this.#lastMessageId = (this.#lastMessageId % 0xffff) + 1;
    while (this.#unacknowledged.has(this.#lastMessageId));
    return this.#lastMessageId;
  }

  #write(packet: Packet): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(generate(packet), (error) => (error ? reject(error) : resolve()));
    });
  }

  /** The client has been heard: its time begins anew. */
  #listen(): void {
    this.#cancelSilence();
    this.#cancelSilence = this.#clock.alarm(this.#silenceMs, () => this.drop());
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelSilence();
    this.#waiting.length = 0;
    for (const { reject } of this.#unacknowledged.values()) reject(new Error('the connection was closed'));
    this.#unacknowledged.clear();
    this.#session?.end(this.#will);
  }
}

function willOf({ will }: IConnectPacket): Message | undefined {
  if (will === undefined || will === null) return undefined;
  const { topic, payload, qos, retain } = will;
  return { topic, payload: Buffer.from(payload as Buffer), qos: qos === 0 ? 0 : 1, retain: retain ?? false };
}

/** Serves MQTT on a stream to a client that showed these certificates, until either ends it. */
export function serveMqtt(
  stream: Duplex,
  service: Service,
  certificates: readonly X509Certificate[],
  clock: Clock,
): void {
  new Serving(stream, service, certificates, clock);
}
