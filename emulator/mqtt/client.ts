import type { Clock } from '../clock/index.ts';
import { EmuError } from '../errors.ts';
import type { Rng } from '../rng/index.ts';
import { decode, encode, type Packet } from './codec.ts';
import type { DisconnectReason, MqttClientSink } from './events.ts';
import { type PacketName, packetLength, packetName } from './fixed-header.ts';
import { type Acknowledged, Outbox, type OutboxLimits } from './outbox.ts';
import { publishHeader } from './publish.ts';
import { bufferUse, type Request } from './request-size.ts';
import { type Write, type WriteFailure, WriteWait } from './write-wait.ts';

/** The firmware's constants, one object for all devices: a profile's `mqtt`. */
export interface MqttClientOptions {
  readonly keepAliveSeconds: number;
  readonly cleanSession: boolean;
  /** Size of the input buffer and of the output buffer. */
  readonly bufferBytes: number;
  readonly networkTimeoutMs: number;
  readonly readPollMs: number;
  readonly outbox: OutboxLimits;
}

/** What the firmware's receive loop has a case for. */
const HANDLED: ReadonlySet<PacketName> = new Set([
  'publish',
  'puback',
  'pubrec',
  'pubrel',
  'pubcomp',
  'suback',
  'unsuback',
  'pingresp',
]);

type State = 'down' | 'connecting' | 'connected';
type QoS = 0 | 1 | 2;

/**
 * The firmware's MQTT 3.1.1 client (an early esp-mqtt), without its sockets: TLS records in, packets and events out.
 *
 * Quirk: it never sends DISCONNECT, and a publish while it is not connected is refused, not queued.
 * Quirk: it never checks what it receives. Where the firmware would go on with what its buffer held before, this one
 * reports `malformed` and goes on.
 *
 * While the connection takes nothing, the client's task stands still before what it writes, and reads nothing. Whoever calls
 * `publish`, `subscribe` or `unsubscribe` from the client's own task waits in the same way, with `waitToWrite`.
 * Quirk: only a PINGREQ that is not written in time ends the connection. Acknowledgements and requests are just not sent
 * (mqtt_write_data and its callers).
 */
export class MqttClient {
  readonly clientId: string;
  readonly #username: string | undefined;
  readonly #options: MqttClientOptions;
  readonly #clock: Clock;
  readonly #rng: Rng;
  readonly #sink: MqttClientSink;
  readonly #outbox: Outbox;
  readonly #wait: WriteWait;
  /** What came while the task stood still. */
  #unread: Uint8Array[] = [];
  #state: State = 'down';
  /** Length of the CONNECT packet, which is also how much is read to find the CONNACK. */
  #connectLength = 0;
  #lastSent = 0;
  /** When the client's loop last came round: a read returned. */
  #lastTurn = 0;
  #awaitsPingResponse = false;
  /** Of the message being received: its QoS, payload bytes in all, and bytes still to come. */
  #messageQos = 0;
  #messageLength = 0;
  #messageRest = 0;
  /** Bytes still to come of a lost packet that the end of a read has cut. */
  #lostRest = 0;
  #alarmAt = Number.POSITIVE_INFINITY;
  #cancelAlarm: (() => void) | undefined;

  constructor(
    clientId: string,
    options: MqttClientOptions,
    surroundings: { readonly clock: Clock; readonly rng: Rng },
    sink: MqttClientSink,
    username?: string,
  ) {
    this.clientId = clientId;
    this.#username = username;
    this.#options = options;
    this.#clock = surroundings.clock;
    this.#rng = surroundings.rng;
    this.#sink = sink;
    this.#outbox = new Outbox(options.outbox);
    const isBlocked = () => this.#sink.blocked;
    this.#wait = new WriteWait(this.#clock, options.networkTimeoutMs, isBlocked, () => this.#resume());
  }

  get connected(): boolean {
    return this.#state === 'connected';
  }

  /** Whether the client's task need not wait before it writes. */
  get mayWrite(): boolean {
    return !this.#wait.waiting && !this.#sink.blocked;
  }

  /** The client's task stands still until it may write, or may not any more. */
  waitToWrite(write: Write): void {
    this.#wait.begin(write);
    this.#sink.pause();
  }

  /** The TLS connection is there: sends CONNECT. */
  transportUp(): void {
    if (this.#state !== 'down') {
      throw new EmuError('EMU_E_MQTT_STATE', `the MQTT client has a transport already (${this.#state})`, {
        value: this.#state,
        hint: 'Call transportDown() first.',
      });
    }
    const { keepAliveSeconds, cleanSession } = this.#options;
    const connect = encode({
      cmd: 'connect',
      clientId: this.clientId,
      clean: cleanSession,
      keepalive: keepAliveSeconds,
      ...(this.#username !== undefined && { username: this.#username }),
    });
    this.#state = 'connecting';
    this.#connectLength = connect.length;
    this.#awaitsPingResponse = false;
    this.#messageRest = 0;
    this.#lostRest = 0;
    this.#unread = [];
    this.#send(connect);
    this.#arm();
  }

  /** The transport has taken all that was sent. */
  transportTaken(): void {
    this.#wait.taken();
  }

  /** The transport has failed or was closed by the peer. */
  transportDown(): void {
    this.#abort('TRANSPORT_LOST');
  }

  /** The plaintext of one TLS record; what one read does not take, the next one gets. */
  receive(record: Uint8Array): void {
    for (let offset = 0; offset < record.length && this.#state !== 'down'; ) {
      if (this.#wait.waiting) {
        this.#unread.push(record.slice(offset));
        return;
      }
      const read = record.subarray(offset, offset + this.#readLength());
      offset += read.length;
      if (this.#state === 'connecting') this.#readConnack(read);
      else this.#read(read);
      if (this.#state === 'connected') this.#endTurn();
    }
  }

  /** Sends PUBLISH, retain 0. Returns its packet id, 0 with QoS 0, or -1 when the client refuses. */
  publish(topic: string, payload: string, qos: QoS): number {
    if (this.#state !== 'connected') return -1;
    const messageId = qos === 0 ? 0 : this.#nextId();
    return this.#request({ cmd: 'publish', topic, payload, qos, messageId, dup: false, retain: false }, messageId);
  }

  /** Sends SUBSCRIBE. Returns its packet id, or -1 when the client refuses. */
  subscribe(topic: string, qos: QoS): number {
    if (this.#state !== 'connected') return -1;
    const messageId = this.#nextId();
    return this.#request({ cmd: 'subscribe', messageId, subscriptions: [{ topic, qos }] }, messageId);
  }

  /** Sends UNSUBSCRIBE. Returns its packet id, or -1 when the client refuses. */
  unsubscribe(topic: string): number {
    if (this.#state !== 'connected') return -1;
    const messageId = this.#nextId();
    return this.#request({ cmd: 'unsubscribe', messageId, unsubscriptions: [topic] }, messageId);
  }

  #request(packet: Request, id: number): number {
    const bytes = encode(packet);
    if (bufferUse(bytes) > this.#options.bufferBytes) return -1;
    if (id !== 0) this.#outbox.add(packet.cmd, id, bytes.length, this.#clock.now());
    this.#send(bytes);
    return id;
  }

  /** Quirk: packet ids are random, 32 bits modulo 65535, never 0; two that wait may be equal. */
  #nextId(): number {
    for (;;) {
      const bytes = this.#rng.bytes(4);
      const id = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) % 65_535;
      if (id !== 0) return id;
    }
  }

  #send(packet: Uint8Array): void {
    this.#lastSent = this.#clock.now();
    this.#sink.send(packet);
  }

  /** How much the client asks TLS for; a read returns less when the record ends first. */
  #readLength(): number {
    if (this.#state === 'connecting') return this.#connectLength;
    const { bufferBytes } = this.#options;
    return this.#messageRest > 0 ? Math.min(this.#messageRest, bufferBytes) : bufferBytes;
  }

  /** Quirk: of the CONNACK only type and code are looked at, and what was read behind it is lost. */
  #readConnack(read: Uint8Array): void {
    const [, , flags = 0, code] = read;
    if (packetName(read) !== 'connack' || code === undefined) {
      this.#abort('NOT_A_CONNACK');
    } else if (code !== 0) {
      this.#sink.event({ type: 'connackRefused', code });
      this.#abort('CONNECTION_REFUSED');
    } else {
      this.#state = 'connected';
      this.#sink.event({ type: 'connected', sessionPresent: (flags & 1) === 1 });
      this.#loseFrom(4, read);
    }
  }

  /**
   * Quirk: only the first packet of a read is handled. When a read begins inside a packet, the firmware takes what it
   * finds for one; here such a read is lost as a whole.
   */
  #read(read: Uint8Array): void {
    if (this.#messageRest > 0) this.#readMore(read);
    else if (this.#lostRest > 0) this.#loseFrom(this.#lostRest, read);
    else this.#readPacket(read);
  }

  #readPacket(read: Uint8Array): void {
    const length = packetLength(read);
    if (length === undefined) {
      this.#malformed(read, 'the length does not end');
    } else if (length <= read.length) {
      this.#handle(read.subarray(0, length));
      this.#loseFrom(length, read);
    } else if (packetName(read) === 'publish') {
      this.#readBeginning(read, length);
    } else {
      this.#malformed(read, 'the read ends before the packet');
      // A packet that would have fitted was split by its sender; a longer one has a wrong length.
      if (length <= this.#options.bufferBytes) this.#lostRest = length - read.length;
    }
  }

  #handle(bytes: Uint8Array): void {
    // What the firmware has no case for it takes no notice of, and the parser never sees.
    if (!HANDLED.has(packetName(bytes))) return;
    const packet = decode(bytes);
    if (packet instanceof Error) this.#malformed(bytes, packet.message);
    else if ((packet.messageId ?? 0) < 0) this.#malformed(bytes, 'no packet id');
    else this.#dispatch(packet);
  }

  #dispatch(packet: Packet): void {
    const id = packet.messageId ?? 0;
    switch (packet.cmd) {
      case 'publish':
        this.#acknowledge(packet.qos, id);
        this.#deliver(packet);
        break;
      case 'suback':
        if (this.#acknowledged('subscribe', id)) this.#sink.event({ type: 'subscribed', id });
        break;
      case 'unsuback':
        if (this.#acknowledged('unsubscribe', id)) this.#sink.event({ type: 'unsubscribed', id });
        break;
      case 'puback':
      case 'pubcomp':
        if (this.#acknowledged('publish', id)) this.#sink.event({ type: 'published', id });
        break;
      case 'pubrec':
        this.#reply(encode({ cmd: 'pubrel', messageId: id }));
        break;
      case 'pubrel':
        this.#reply(encode({ cmd: 'pubcomp', messageId: id }));
        break;
      case 'pingresp':
        this.#awaitsPingResponse = false;
    }
  }

  #deliver({ topic, qos, payload }: Extract<Packet, { cmd: 'publish' }>): void {
    const bytes = payload as Uint8Array; // the parser makes no strings
    this.#sink.event({ type: 'message', topic, payload: bytes, offset: 0, totalLength: bytes.length, qos });
  }

  #acknowledged(packet: Acknowledged, id: number): boolean {
    return this.#outbox.take(packet, id, this.#clock.now());
  }

  #acknowledge(qos: number, messageId: number): void {
    if (qos === 1) this.#reply(encode({ cmd: 'puback', messageId }));
    if (qos === 2) this.#reply(encode({ cmd: 'pubrec', messageId }));
  }

  /** Quirk: mqtt_process_receive forgets an acknowledgement that could not be written. */
  #reply(packet: Uint8Array): void {
    if (this.mayWrite) this.#send(packet);
    else
      this.waitToWrite((failure) => {
        if (failure === undefined) this.#send(packet);
      });
  }

  /** Quirk: a message longer than the read is delivered in pieces, as they are read; only the first has the topic. */
  #readBeginning(read: Uint8Array, length: number): void {
    this.#messageRest = length - read.length;
    const header = publishHeader(read);
    if (header === undefined) {
      this.#messageLength = this.#messageRest;
      this.#malformed(read, 'the read ends before the topic');
      return;
    }
    const { topic, qos, id, payloadOffset } = header;
    this.#messageQos = qos;
    this.#messageLength = length - payloadOffset;
    this.#acknowledge(qos, id);
    const payload = read.subarray(payloadOffset);
    this.#sink.event({ type: 'message', topic, payload, offset: 0, totalLength: this.#messageLength, qos });
  }

  #readMore(payload: Uint8Array): void {
    const offset = this.#messageLength - this.#messageRest;
    this.#messageRest -= payload.length;
    const [qos, totalLength] = [this.#messageQos, this.#messageLength];
    this.#sink.event({ type: 'message', topic: undefined, payload, offset, totalLength, qos });
  }

  #loseFrom(start: number, read: Uint8Array): void {
    let at = start;
    while (at < read.length) {
      const lost = read.subarray(at);
      const packet = packetName(lost);
      const topic = packet === 'publish' ? publishHeader(lost)?.topic : undefined;
      this.#sink.event({ type: 'dropped', packet, topic });
      at += packetLength(lost) ?? lost.length;
    }
    this.#lostRest = at - read.length;
  }

  #malformed(read: Uint8Array, reason: string): void {
    this.#sink.event({ type: 'malformed', packet: packetName(read), reason });
  }

  /** The end of the loop's turn: the keep-alive is looked at, unless the client is in the middle of a message. */
  #endTurn(): void {
    if (this.#wait.waiting) return;
    const now = this.#clock.now();
    this.#lastTurn = now;
    if (this.#messageRest === 0 && now - this.#lastSent > this.#pingAfter) {
      if (this.#awaitsPingResponse) {
        this.#abort('NO_PINGRESP');
        return;
      }
      if (!this.mayWrite) {
        this.waitToWrite((failure) => this.#ping(failure));
        return;
      }
      this.#ping();
    }
    this.#arm();
  }

  /** esp_mqtt_client_ping, and what esp_mqtt_task makes of it. */
  #ping(failure?: WriteFailure): void {
    if (failure !== undefined) {
      this.#abort('WRITE_TIMEOUT');
      return;
    }
    this.#send(encode({ cmd: 'pingreq' }));
    this.#awaitsPingResponse = true;
    this.#sink.event({ type: 'pingSent' });
  }

  /** The task goes on after it stood still: the turn of its loop ends, and it reads again. */
  #resume(): void {
    if (this.#state === 'down') return;
    const unread = this.#unread;
    this.#unread = [];
    this.#endTurn();
    for (const record of unread) this.receive(record);
    if (!this.#wait.waiting) this.#sink.resume();
  }

  /** Half the keep-alive, ms; the firmware counts from the last packet that it *sent*. */
  get #pingAfter(): number {
    return (this.#options.keepAliveSeconds * 1000) / 2;
  }

  /** When time alone makes the client do something. */
  #deadline(): number {
    const { networkTimeoutMs, readPollMs } = this.#options;
    if (this.#state === 'connecting') return this.#lastSent + networkTimeoutMs;
    if (this.#messageRest > 0) return this.#lastTurn + networkTimeoutMs;
    // The first turn, each readPollMs after the other, at which more than half the keep-alive has passed.
    const turns = Math.floor((this.#lastSent + this.#pingAfter - this.#lastTurn) / readPollMs) + 1;
    return this.#lastTurn + turns * readPollMs;
  }

  /** Keeps one alarm; one that rings too early, because a packet was sent meanwhile, costs less than moving it each time. */
  #arm(): void {
    const at = this.#deadline();
    if (this.#state !== 'down' && at < this.#alarmAt) this.#armAt(at);
  }

  #armAt(at: number): void {
    this.#cancelAlarm?.();
    this.#alarmAt = at;
    this.#cancelAlarm = this.#clock.alarm(at - this.#clock.now(), () => {
      const now = this.#clock.now();
      const { readPollMs } = this.#options;
      this.#alarmAt = Number.POSITIVE_INFINITY;
      this.#cancelAlarm = undefined;
      if (now < this.#deadline()) this.#arm();
      // A turn reads before it looks at the time: where this process was late, an answer may lie unread.
      else if (now - at > readPollMs) this.#armAt(now + readPollMs);
      else this.#timeIsUp();
    });
  }

  #timeIsUp(): void {
    if (this.#wait.waiting) return;
    if (this.#state === 'connecting') {
      this.#abort('CONNACK_TIMEOUT');
    } else {
      // Quirk: a message whose rest does not come is given up, and the connection kept.
      this.#messageRest = 0;
      this.#endTurn();
    }
  }

  #abort(reason: DisconnectReason): void {
    if (this.#state === 'down') return;
    this.#state = 'down';
    this.#cancelAlarm?.();
    this.#cancelAlarm = undefined;
    this.#alarmAt = Number.POSITIVE_INFINITY;
    this.#outbox.clear();
    this.#wait.lost();
    this.#sink.event({ type: 'disconnected', reason });
  }
}
