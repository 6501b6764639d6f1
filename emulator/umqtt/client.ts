import { type Clock, patience } from '../clock/index.ts';
import { decode, encode, type Packet, packetName } from '../mqtt/index.ts';
import { PacketFramer } from './packet-framer.ts';

export interface UmqttOptions {
  readonly clientId: string;
  readonly username: string;
  readonly cleanSession: boolean;
  /** 0 for no PINGREQ at all. */
  readonly keepAliveSeconds: number;
}

/** What the client reports. */
export type UmqttEvent =
  | { readonly type: 'connack'; readonly code: number }
  /** `refused` where the server granted no QoS to a filter. */
  | { readonly type: 'suback'; readonly id: number; readonly refused: boolean }
  /** PUBACK. */
  | { readonly type: 'acknowledged'; readonly id: number }
  /** The payload is only lent. */
  | { readonly type: 'message'; readonly topic: string; readonly payload: Uint8Array }
  /** The connection is of no use any more. */
  | { readonly type: 'failed'; readonly reason: 'NO_PINGRESP' | 'MALFORMED' };

/** Where a client's output goes. */
export interface UmqttSink {
  /** One MQTT packet, which makes one TLS record. */
  send(packet: Uint8Array): void;
  event(event: UmqttEvent): void;
}

/** Ours: the original takes what its heap has room for. No answer of DPS or IoT Hub, whose messages end at 64 KiB, is longer. */
const MAX_PACKET_BYTES = 128 * 1024;

/** How long PINGRESP may take: 80 s, or half the keep-alive where that is less, in whole seconds that must be exceeded. */
const MAX_PING_RESPONSE_SECONDS = 80;

const NOTHING = () => {};

/**
 * The MQTT 3.1.1 client of the Azure IoT C SDK (azure-umqtt-c), without its sockets. It keeps no session: packet ids, repeated
 * messages and reconnects are the caller's.
 */
export class UmqttClient {
  readonly #options: UmqttOptions;
  readonly #clock: Clock;
  readonly #sink: UmqttSink;
  readonly #framer = new PacketFramer(MAX_PACKET_BYTES);
  #lastSent = 0;
  #open = false;
  #cancelPing = NOTHING;
  #cancelPong = NOTHING;

  constructor(options: UmqttOptions, clock: Clock, sink: UmqttSink) {
    this.#options = options;
    this.#clock = clock;
    this.#sink = sink;
  }

  /** The TLS connection is there: sends CONNECT. */
  connect(): void {
    const { clientId, username, cleanSession, keepAliveSeconds } = this.#options;
    this.#open = true;
    this.#send({ cmd: 'connect', clientId, username, clean: cleanSession, keepalive: keepAliveSeconds });
  }

  subscribe(messageId: number, subscriptions: readonly { readonly topic: string; readonly qos: 0 | 1 }[]): void {
    this.#send({ cmd: 'subscribe', messageId, subscriptions: [...subscriptions] });
  }

  /** Quirk: a message that is sent again is not marked as a duplicate (against [MQTT-3.3.1-1]). */
  publish(topic: string, payload: string | Uint8Array, qos: 0 | 1, messageId: number): void {
    const body = typeof payload === 'string' ? payload : Buffer.from(payload);
    this.#send({ cmd: 'publish', topic, payload: body, qos, messageId, dup: false, retain: false });
  }

  /** Says that it goes, and is closed. */
  disconnect(): void {
    this.#send({ cmd: 'disconnect' });
    this.close();
  }

  /** Nothing is sent or reported any more. */
  close(): void {
    this.#open = false;
    this.#cancelPing();
    this.#cancelPong();
  }

  /** The plaintext of a TLS record; packets may begin and end anywhere in it. */
  receive(record: Uint8Array): void {
    if (!this.#open) return;
    for (const packet of this.#framer.push(record)) {
      if (packet === undefined) this.#fail('MALFORMED');
      else this.#read(packet);
      if (!this.#open) return;
    }
  }

  #read(bytes: Uint8Array): void {
    switch (packetName(bytes)) {
      case 'connack':
        this.#readConnack(bytes);
        break;
      case 'pingresp':
        this.#cancelPong();
        break;
      case 'publish':
      case 'puback':
      case 'pubrec':
      case 'pubrel':
      case 'suback':
        this.#dispatch(decode(bytes));
    }
  }

  #readConnack([, , , code]: Uint8Array): void {
    if (code === undefined) {
      this.#fail('MALFORMED');
      return;
    }
    if (code === 0 && this.#options.keepAliveSeconds > 0) this.#armPing();
    this.#sink.event({ type: 'connack', code });
  }

  #dispatch(packet: Packet | Error): void {
    const id = packet instanceof Error ? 0 : (packet.messageId ?? 0);
    if (packet instanceof Error || id < 0) {
      this.#fail('MALFORMED');
      return;
    }
    switch (packet.cmd) {
      case 'publish':
        // The parser makes no strings. The application comes first, the acknowledgement behind it.
        this.#sink.event({ type: 'message', topic: packet.topic, payload: packet.payload as Uint8Array });
        if (packet.qos === 1) this.#reply({ cmd: 'puback', messageId: id });
        if (packet.qos === 2) this.#reply({ cmd: 'pubrec', messageId: id });
        break;
      case 'puback':
        this.#sink.event({ type: 'acknowledged', id });
        break;
      case 'pubrec':
        this.#reply({ cmd: 'pubrel', messageId: id });
        break;
      case 'pubrel':
        this.#reply({ cmd: 'pubcomp', messageId: id });
        break;
      case 'suback':
        this.#sink.event({ type: 'suback', id, refused: packet.granted.some((qos) => Number(qos) > 2) });
    }
  }

  #reply(packet: Packet): void {
    if (this.#open) this.#send(packet);
  }

  #send(packet: Packet): void {
    this.#lastSent = this.#clock.now();
    this.#sink.send(encode(packet));
  }

  /** PINGREQ when nothing was sent for the whole keep-alive; an alarm that rings too early is set again. */
  #armPing(): void {
    const keepAliveMs = this.#options.keepAliveSeconds * 1000;
    this.#cancelPing = this.#clock.alarm(this.#lastSent + keepAliveMs - this.#clock.now(), () => {
      if (this.#clock.now() - this.#lastSent >= keepAliveMs) this.#ping();
      if (this.#open) this.#armPing();
    });
  }

  #ping(): void {
    this.#send({ cmd: 'pingreq' });
    this.#cancelPong();
    const seconds = Math.min(MAX_PING_RESPONSE_SECONDS, Math.floor(this.#options.keepAliveSeconds / 2)) + 1;
    this.#cancelPong = patience(this.#clock, seconds * 1000, () => this.#fail('NO_PINGRESP'));
  }

  #fail(reason: 'NO_PINGRESP' | 'MALFORMED'): void {
    this.close();
    this.#sink.event({ type: 'failed', reason });
  }
}
