import { ManualClock } from '../../../emulator/clock/index.ts';
import { MqttClient, type MqttClientOptions, type MqttEvent } from '../../../emulator/mqtt/index.ts';
import type { Rng } from '../../../emulator/rng/index.ts';

/** The firmware's constants. */
export const OPTIONS: MqttClientOptions = {
  keepAliveSeconds: 120,
  cleanSession: true,
  bufferBytes: 1024,
  networkTimeoutMs: 10_000,
  readPollMs: 1000,
  outbox: { maxBytes: 4096, expiryMs: 30_000 },
};

export const CONNACK = '20020000';
export const PINGRESP = 'd000';

export function bytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.replace(/\s+/g, '').match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export function ascii(text: string): string {
  return hex(new TextEncoder().encode(text));
}

/** A PUBLISH packet, made without the codec under test. */
export function publishPacket(topic: string, payload: string, qos = 0, id = 0): string {
  const body = [topic.length >> 8, topic.length & 0xff].map(byteHex).join('') + ascii(topic);
  const rest = body + (qos > 0 ? byteHex(id >> 8) + byteHex(id & 0xff) : '') + ascii(payload);
  const length = rest.length / 2;
  const lengthHex = length < 128 ? byteHex(length) : byteHex((length & 0x7f) | 0x80) + byteHex(length >> 7);
  return byteHex(0x30 | (qos << 1)) + lengthHex + rest;
}

export const byteHex = (byte: number) => byte.toString(16).padStart(2, '0');

/** Draws the given 32-bit numbers, then 1, 2, 3 … */
function countingRng(numbers: readonly number[]): Rng {
  const draws = [...numbers];
  let next = 1;
  return {
    bytes(length) {
      const out = new Uint8Array(length);
      new DataView(out.buffer).setUint32(0, draws.shift() ?? next++);
      return out;
    },
    fraction: () => 0,
    fork: () => countingRng([]),
  };
}

export interface Harness {
  readonly client: MqttClient;
  readonly clock: ManualClock;
  /** Whether the connection takes nothing. */
  blocked: boolean;
  /** Whether the client does not want to read. */
  readonly paused: boolean;
  /** Packets sent since the last look, as hexadecimal. */
  sent(): string[];
  events(): MqttEvent[];
  receive(packetsHex: string): void;
}

interface HarnessOptions extends Partial<MqttClientOptions> {
  readonly draws?: readonly number[];
  readonly username?: string;
}

export function harness(options: HarnessOptions = {}): Harness {
  const clock = new ManualClock();
  let sent: string[] = [];
  let events: MqttEvent[] = [];
  let blocked = false;
  let paused = false;
  const client = new MqttClient(
    'ESP32_b4E6A1',
    { ...OPTIONS, ...options },
    { clock, rng: countingRng(options.draws ?? []) },
    {
      get blocked() {
        return blocked;
      },
      send: (packet) => sent.push(hex(packet)),
      pause: () => {
        paused = true;
      },
      resume: () => {
        paused = false;
      },
      event: (event) => events.push(event),
    },
    options.username,
  );
  return {
    client,
    clock,
    get blocked() {
      return blocked;
    },
    set blocked(now) {
      blocked = now;
      if (!now) client.transportTaken();
    },
    get paused() {
      return paused;
    },
    sent() {
      const taken = sent;
      sent = [];
      return taken;
    },
    events() {
      const taken = events;
      events = [];
      return taken;
    },
    receive: (packetsHex) => client.receive(bytes(packetsHex)),
  };
}

/** A client that has its CONNACK, with nothing sent or told since. */
export function connected(options: Parameters<typeof harness>[0] = {}): Harness {
  const it = harness(options);
  it.client.transportUp();
  it.receive(CONNACK);
  it.sent();
  it.events();
  return it;
}
