import { X509Certificate } from 'node:crypto';
import { Duplex } from 'node:stream';
import { generate, type IPublishPacket, type Packet, parser } from 'mqtt-packet';
import { ManualClock } from '../../emulator/clock/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { assembleCloud, type Cloud, type CloudPlan } from '../../src/cloud/assemble.ts';
import { type Service, serveMqtt } from '../../src/cloud/mqtt/index.ts';
import { type Keeper, State } from '../../src/cloud/state/index.ts';
import type { Surroundings } from '../../src/cloud/surroundings.ts';
import { type Issued, issue, pemOf } from './chains.ts';

export const ID_SCOPE = '0ne00ABCDEF';
export const HUB = 'hub-1.azure-devices.test';
/** Noon of a day on which the certificates of `chains.ts` are valid. */
export const EPOCH = Date.UTC(2026, 4, 20, 12);

/** One turn of the event loop, in which streams pass on what they have. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Some turns, after which nothing is left to be passed on. */
export async function settled(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) await turn();
}

/** A cloud in this process on a clock that the test moves, and clients that reach it without TLS. */
export class MemoryCloud {
  readonly clock = new ManualClock({ drain: settled });
  readonly cloud: Cloud;

  constructor(plan: Partial<CloudPlan> = {}, keeper?: Keeper) {
    const surroundings: Surroundings = {
      clock: this.clock,
      date: () => new Date(EPOCH + this.clock.now()),
      rng: rootRng('memory cloud'),
    };
    const whole = { idScope: ID_SCOPE, hubs: [HUB], allocation: 'hashed', enrollmentCas: [], ...plan } as const;
    this.cloud = assembleCloud(whole, new State(keeper), surroundings);
  }

  dps(chain: readonly Issued[] = []): MemoryClient {
    return new MemoryClient(this.cloud.dps, chain, this.clock);
  }

  hub(chain: readonly Issued[] = []): MemoryClient {
    return new MemoryClient(this.cloud.hubs, chain, this.clock);
  }
}

/** A CA with its certificate as PEM. */
export async function authority(subject: string, issuer?: Issued): Promise<Issued & { readonly pem: string }> {
  const issued = await issue({ subject, isAuthority: true, ...(issuer && { issuer }) });
  return { ...issued, pem: (await pemOf(issued)).certificate };
}

/** A client of MQTT packets, each as it is written. */
export class MemoryClient {
  readonly packets: Packet[] = [];
  /** Whether the server ended the connection. */
  closed = false;
  readonly #toServer: Duplex;
  readonly #waiting: ((packet: Packet | undefined) => void)[] = [];

  constructor(service: Service, chain: readonly Issued[], clock: ManualClock) {
    const client = this;
    const read = parser({ protocolVersion: 4 }).on('packet', (packet) => this.#take(packet));
    const server: Duplex = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        read.parse(chunk);
        done();
      },
      final(done) {
        client.#close();
        done();
      },
      destroy(error, done) {
        client.#close();
        done(error);
      },
    });
    this.#toServer = server;
    const certificates = chain.map(({ der }) => new X509Certificate(der));
    serveMqtt(server, service, certificates, clock);
  }

  /** Sends a packet, or any bytes. */
  send(packet: Packet | Uint8Array): void {
    if (!this.closed) this.#toServer.push(packet instanceof Uint8Array ? packet : generate(packet));
  }

  /** The client goes away without a word. */
  vanish(): void {
    this.#toServer.destroy();
  }

  /** The next packet that was not asked for yet; undefined when the server hung up instead. */
  next(): Promise<Packet | undefined> {
    const packet = this.packets.shift();
    if (packet !== undefined || this.closed) return Promise.resolve(packet);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Connects; resolves to the return code. */
  async connect(options: {
    clientId: string;
    username?: string;
    clean?: boolean;
    keepalive?: number;
  }): Promise<number> {
    this.send({ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60, ...options });
    const connack = await this.next();
    if (connack?.cmd !== 'connack') throw new Error(`no CONNACK but ${connack?.cmd ?? 'an end'}`);
    return connack.returnCode as number;
  }

  /** Resolves to what was granted; undefined when the server hung up. */
  async subscribe(topic: string, qos: 0 | 1 | 2 = 1): Promise<number | undefined> {
    this.send({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic, qos }] });
    const suback = await this.next();
    return suback?.cmd === 'suback' ? (suback.granted[0] as number) : undefined;
  }

  publish(topic: string, payload: string | Buffer = '', qos: 0 | 1 | 2 = 0): void {
    this.send({ cmd: 'publish', topic, payload, qos, dup: false, retain: false, ...(qos > 0 && { messageId: 77 }) });
  }

  /** The next message, acknowledged as its QoS wants; other packets before it are passed over. */
  async message(): Promise<{ topic: string; text: string; qos: number } | undefined> {
    for (;;) {
      const packet = await this.next();
      if (packet === undefined) return undefined;
      if (packet.cmd !== 'publish') continue;
      this.acknowledge(packet);
      return { topic: packet.topic, text: packet.payload.toString(), qos: packet.qos };
    }
  }

  acknowledge({ qos, messageId }: IPublishPacket): void {
    if (qos === 1 && messageId !== undefined) this.send({ cmd: 'puback', messageId });
  }

  #take(packet: Packet): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.packets.push(packet);
    else waiting(packet);
  }

  #close(): void {
    this.closed = true;
    for (const waiting of this.#waiting.splice(0)) waiting(undefined);
  }
}
