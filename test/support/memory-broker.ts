import { createPrivateKey } from 'node:crypto';
import type { Clock } from '../../emulator/clock/index.ts';
import type { Dial, Transport, TransportEvents } from '../../emulator/device/index.ts';
import { HostileServer, type HostileServerOptions } from './hostile-server.ts';

const fromHex = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));
const toHex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** How a broker behaves towards the next connection. */
export interface BrokerScript {
  /** Of the TCP connection; `silent` never answers. Accepts by default. */
  readonly tcp?: 'accept' | 'refuse' | 'silent';
  /** Milliseconds until the TCP connection is accepted or refused; 0 by default. */
  readonly tcpMs?: number;
  /** Milliseconds until it reads what the device has sent; 0 by default, and never when infinite. */
  readonly readMs?: number;
  readonly mischief?: HostileServerOptions['mischief'];
  /** Answers one MQTT packet (hexadecimal); `obediently` does by default. */
  readonly answer?: (packet: string, connection: BrokerConnection) => void;
}

/** What every broker answers to a packet of the firmware, as hexadecimal; nothing to a PUBLISH with QoS 0. */
export function answerTo(packet: string): string | undefined {
  const id = packet.slice(4, 8);
  switch (packet[0]) {
    case '1':
      return '20020000';
    case '8':
      return `9003${id}${packet.slice(-2)}`;
    case 'a':
      return `b002${id}`;
    case 'c':
      return 'd000';
    default:
      return undefined;
  }
}

export function obediently(packet: string, connection: BrokerConnection): void {
  const answer = answerTo(packet);
  if (answer !== undefined) connection.send(answer);
}

/** One connection as the broker has it; everything reaches the other side in the next microtask. */
export class BrokerConnection implements Transport {
  /** When the device dialled. */
  readonly dialledAt: number;
  readonly server: HostileServer;
  /** When the ClientHello arrived. */
  helloAt: number | undefined;
  /** Each write of the device. */
  readonly written: Uint8Array[] = [];
  /** What the device did to the TCP connection. */
  state: 'open' | 'ended' | 'destroyed' = 'open';
  blocked = false;
  /** What is to be sent to a device that reads no more. */
  #unread: Uint8Array[] | undefined;
  /** What the device wrote since the broker stopped taking it. */
  #untaken: Uint8Array[] | undefined;
  /** MQTT packets received, each with its time. One TLS record is one entry. */
  readonly records: { readonly at: number; readonly packet: string }[] = [];
  readonly #clock: Clock;
  readonly #events: TransportEvents;
  readonly #script: BrokerScript;
  #over = false;

  constructor(clock: Clock, script: BrokerScript, identity: HostileServerOptions, events: TransportEvents) {
    this.dialledAt = clock.now();
    this.#clock = clock;
    this.#events = events;
    this.#script = script;
    const answer = script.answer ?? obediently;
    this.server = new HostileServer(
      {
        ...identity,
        ...(script.mischief && { mischief: script.mischief }),
        application: (record) => {
          const packet = toHex(record);
          this.records.push({ at: clock.now(), packet });
          answer(packet, this);
        },
      },
      (bytes) => this.#later(() => this.#deliver(bytes)),
      () => this.#close(),
    );
    const { tcp = 'accept', tcpMs = 0 } = script;
    if (tcp === 'accept') clock.alarm(tcpMs, () => this.#later(() => events.opened()));
    if (tcp === 'refuse') clock.alarm(tcpMs, () => this.#close({ code: 'ECONNREFUSED', message: 'refused' }));
  }

  get packets(): string[] {
    return this.records.map(({ packet }) => packet);
  }

  /** Alerts of the device as `level description`. */
  get alerts(): string[] {
    return this.server.alerts.map(({ level, description }) => `${level} ${description}`);
  }

  /** Each packet in a record of its own. */
  send(...packets: string[]): void {
    for (const packet of packets) this.server.send(fromHex(packet));
  }

  /** All packets in one record. */
  sendTogether(...packets: string[]): void {
    this.send(packets.join(''));
  }

  closeNotify(): void {
    this.server.alert(1, 0);
    this.#close();
  }

  hangUp(): void {
    this.server.hangUp();
  }

  reset(code = 'ECONNRESET'): void {
    this.#close({ code, message: code === 'EPIPE' ? 'write EPIPE' : `read ${code}` });
  }

  /** From the device. */
  write(bytes: Uint8Array): void {
    if (this.#over) return;
    this.helloAt ??= this.#clock.now();
    this.written.push(bytes.slice());
    if (this.#untaken !== undefined) {
      this.#untaken.push(bytes);
      this.#later(() => {
        this.blocked = this.#untaken !== undefined;
      });
      return;
    }
    this.#later(() => this.#events.taken());
    this.#read(() => this.server.receive(bytes));
  }

  /** The system takes no more of what the device writes. */
  stopTaking(): void {
    this.#untaken = [];
  }

  /** The system takes it all, and what comes after it. */
  takeAgain(): void {
    const untaken = this.#untaken ?? [];
    this.#untaken = undefined;
    this.blocked = false;
    this.#later(() => this.#events.taken());
    for (const bytes of untaken) this.#read(() => this.server.receive(bytes));
  }

  /** From the device. */
  pause(): void {
    this.#unread ??= [];
  }

  /** From the device. */
  resume(): void {
    const unread = this.#unread ?? [];
    this.#unread = undefined;
    for (const bytes of unread) this.#later(() => this.#deliver(bytes));
  }

  /** From the device; the broker answers FIN with FIN. */
  end(): void {
    if (this.state === 'open') this.state = 'ended';
    this.#read(() => this.#close());
  }

  /** From the device. */
  destroy(): void {
    this.state = 'destroyed';
    this.#over = true;
  }

  #deliver(bytes: Uint8Array): void {
    if (this.#unread === undefined) this.#events.received(bytes);
    else this.#unread.push(bytes);
  }

  #read(act: () => void): void {
    const { readMs = 0 } = this.#script;
    if (readMs === 0) queueMicrotask(act);
    else if (readMs !== Number.POSITIVE_INFINITY) this.#clock.alarm(readMs, act);
  }

  #close(reason?: { code: string; message: string }): void {
    this.#later(() => {
      this.#over = true;
      this.#events.closed(reason);
    });
  }

  #later(act: () => void): void {
    queueMicrotask(() => {
      if (!this.#over) act();
    });
  }
}

/** A broker in memory, on the clock of the devices that dial it. */
export class MemoryBroker {
  readonly connections: BrokerConnection[] = [];
  /** For the next connections. */
  script: BrokerScript;
  readonly #clock: Clock;
  readonly #identity: HostileServerOptions;

  constructor(clock: Clock, identity: { certificate: string; key: string }, script: BrokerScript = {}) {
    this.#clock = clock;
    const { certificate, key } = identity;
    this.#identity = { certificate, key: createPrivateKey(key), requestCertificate: true, sessionTicket: true };
    this.script = script;
  }

  readonly dial: Dial = (_host, _port, events) => {
    const connection = new BrokerConnection(this.#clock, this.script, this.#identity, events);
    this.connections.push(connection);
    return connection;
  };

  get last(): BrokerConnection {
    const last = this.connections.at(-1);
    if (last === undefined) throw new Error('nobody has dialled');
    return last;
  }

  get dials(): number[] {
    return this.connections.map(({ dialledAt }) => dialledAt);
  }
}
