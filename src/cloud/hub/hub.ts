import { sleep } from '../../../emulator/clock/index.ts';
import type { Message, Peer } from '../mqtt/index.ts';
import type { CloudLimits } from '../options.ts';
import { RateLimit } from '../rate-limit.ts';
import { PortalRefusal } from '../refusal.ts';
import type { State } from '../state/index.ts';
import { type Surroundings, uuid } from '../surroundings.ts';
import { type DeviceActivity, type HubCounters, noCounters } from './activity.ts';
import { DeviceConnection, type Subscriptions } from './connection.ts';
import { type MessageRequest, type PendingMessage, PendingMessages } from './messages.ts';
import { type MethodAnswer, PendingMethods } from './methods.ts';
import { formatPropertyBag, type PropertyBag } from './property-bag.ts';
import { HubRegistry } from './registry.ts';
import { messageTopic, parseTopic } from './topics.ts';
import { type JsonObject, type Twin, withVersion } from './twin.ts';

export type HubLimits = Pick<CloudLimits, 'connectsPerSecond' | 'sendsPerSecond'>;

export interface MethodRequest {
  readonly methodName: string;
  /** JSON. */
  readonly payload: unknown;
  readonly responseTimeoutMs: number;
  /** How long to wait for a device that is not connected. */
  readonly connectTimeoutMs: number;
}

/** Longer bodies are shown to the portal by their beginning. */
const SHOWN_BYTES = 4096;
/** How often a method that waits for its device looks for it. */
const LOOK_MS = 100;
const NOT_ONLINE = 404_103;
const TIMED_OUT = 504_101;
const MALFORMED_ANSWER = 502_000;

/** One hub: its devices, what they say and what they are told. */
export class Hub {
  readonly registry: HubRegistry;
  readonly messages: PendingMessages;
  readonly methods: PendingMethods;
  readonly counters: HubCounters = noCounters();
  readonly #state: State;
  readonly #surroundings: Surroundings;
  readonly #connects: RateLimit;
  readonly #sends: RateLimit;
  readonly #connections = new Map<string, DeviceConnection>();
  readonly #sessions = new Map<string, Subscriptions>();
  readonly #activity = new Map<string, DeviceActivity>();

  constructor(name: string, limits: HubLimits, state: State, surroundings: Surroundings) {
    this.registry = new HubRegistry(name, state, surroundings);
    this.messages = new PendingMessages(name, state, surroundings);
    this.methods = new PendingMethods(surroundings);
    this.#state = state;
    this.#surroundings = surroundings;
    this.#connects = new RateLimit(limits.connectsPerSecond, surroundings.clock);
    this.#sends = new RateLimit(limits.sendsPerSecond, surroundings.clock);
    this.registry.onBarred((deviceId, isGone) => this.#bar(deviceId, isGone));
  }

  get name(): string {
    return this.registry.name;
  }

  /** Whether the hub takes one more connection now. */
  mayConnect(): boolean {
    return this.#connects.take();
  }

  /** A device has one connection: an older one ends. */
  connect(deviceId: string, clean: boolean, peer: Peer): DeviceConnection {
    const older = this.#connections.get(deviceId);
    if (older !== undefined) this.counters.replaced++;
    older?.drop();
    if (clean) this.#sessions.delete(deviceId);
    const connection = new DeviceConnection(this, deviceId, peer, this.#sessions.get(deviceId));
    if (!clean) this.#sessions.set(deviceId, connection.subscriptions);
    this.#connections.set(deviceId, connection);
    this.counters.connects++;
    this.#activityOf(deviceId).connects++;
    return connection;
  }

  ended(connection: DeviceConnection, will: Message | undefined): void {
    const { deviceId } = connection;
    if (this.#connections.get(deviceId) === connection) this.#connections.delete(deviceId);
    if (will === undefined) return;
    const said = parseTopic(will.topic, deviceId);
    if (said?.kind === 'event')
      this.#count(deviceId, { ...said.properties, 'iothub-MessageType': 'Will' }, will.payload);
  }

  /** How many devices are connected. */
  get connected(): number {
    return this.#connections.size;
  }

  isConnected(deviceId: string): boolean {
    return this.#connections.has(deviceId);
  }

  activity(deviceId: string): Readonly<DeviceActivity> {
    return this.#activity.get(deviceId) ?? NO_ACTIVITY;
  }

  /** Takes a message of a device; above the limit it waits, and with it all that the device sends after it. */
  async takeEvent(deviceId: string, properties: PropertyBag, payload: Uint8Array): Promise<void> {
    const wait = this.#sends.reserve();
    if (wait > 0) await sleep(this.#surroundings.clock, wait);
    this.#count(deviceId, properties, payload);
  }

  readTwin(deviceId: string): object {
    this.counters.twinReads++;
    const { desired, reported } = this.registry.twin(deviceId);
    return { desired: withVersion(desired), reported: withVersion(reported) };
  }

  /** The new version, when it lasts; undefined for a patch that no twin may have. */
  async patchReported(deviceId: string, payload: Uint8Array): Promise<number | undefined> {
    this.counters.twinPatches++;
    const patch = parsed(payload);
    const reported = patch === undefined ? undefined : this.registry.patchReported(deviceId, patch);
    if (reported !== undefined) await this.#state.lasting();
    return reported?.version;
  }

  /** A portal's patch: the device hears of it when it lasts. */
  async patchTwin(deviceId: string, patch: { readonly desired?: unknown; readonly tags?: unknown }): Promise<Twin> {
    const twin = this.registry.patchTwin(deviceId, patch);
    await this.#state.lasting();
    if (patch.desired !== undefined) {
      this.#connections.get(deviceId)?.sendDesired(patch.desired as JsonObject, twin.desired.version);
    }
    return twin;
  }

  /** Sends a message to a device, now or when it comes; resolves when it lasts. */
  async send(deviceId: string, request: MessageRequest): Promise<PendingMessage> {
    this.registry.get(deviceId);
    const message = this.messages.add(deviceId, request);
    this.counters.c2dSent++;
    await this.#state.lasting();
    this.#connections.get(deviceId)?.deliver();
    return message;
  }

  /** The device acknowledged a message. */
  completed(message: PendingMessage): void {
    this.messages.complete(message);
    this.counters.c2dCompleted++;
    this.#activityOf(message.deviceId).c2dCompleted++;
  }

  topicOf({ deviceId, messageId, properties }: PendingMessage): string {
    const to = `/devices/${deviceId}/messages/deviceBound`;
    return messageTopic(deviceId, formatPropertyBag({ '$.mid': messageId, '$.to': to, ...properties }));
  }

  async invoke(deviceId: string, request: MethodRequest): Promise<MethodAnswer> {
    this.registry.get(deviceId);
    this.counters.methods++;
    const connection = await this.#ready(deviceId, request.connectTimeoutMs);
    if (connection === undefined) throw new PortalRefusal(404, `${deviceId} is not online`, NOT_ONLINE);
    const outcome = await this.methods.invoke(deviceId, request.responseTimeoutMs, (rid) => {
      connection.sendMethod(request.methodName, rid, JSON.stringify(request.payload));
    });
    if (outcome === 'late') throw new PortalRefusal(504, `${deviceId} did not answer in time`, TIMED_OUT);
    if (outcome === 'malformed') {
      throw new PortalRefusal(502, `${deviceId} answered with what is not JSON`, MALFORMED_ANSWER);
    }
    return outcome;
  }

  /** An error as Azure words one, for a device. */
  error(errorCode: number, message: string): object {
    const { rng, date } = this.#surroundings;
    return { errorCode, trackingId: uuid(rng), message, timestampUtc: date().toISOString() };
  }

  /** The connection of a device that takes methods, when there is one within the time. */
  async #ready(deviceId: string, timeoutMs: number): Promise<DeviceConnection | undefined> {
    const { clock } = this.#surroundings;
    const until = clock.now() + timeoutMs;
    for (;;) {
      const connection = this.#connections.get(deviceId);
      if (connection?.takesMethods) return connection;
      const left = until - clock.now();
      if (left <= 0) return undefined;
      await sleep(clock, Math.min(LOOK_MS, left));
    }
  }

  #count(deviceId: string, properties: PropertyBag, payload: Uint8Array): void {
    this.counters.d2cMessages++;
    this.counters.d2cBytes += payload.length;
    const activity = this.#activityOf(deviceId);
    activity.d2cMessages++;
    activity.lastEvent = {
      enqueuedTimeUtc: this.#surroundings.date().toISOString(),
      properties,
      body: Buffer.from(payload.subarray(0, SHOWN_BYTES)).toString(),
      bytes: payload.length,
    };
  }

  #activityOf(deviceId: string): DeviceActivity {
    const activity = this.#activity.get(deviceId) ?? { ...NO_ACTIVITY };
    this.#activity.set(deviceId, activity);
    return activity;
  }

  #bar(deviceId: string, isGone: boolean): void {
    this.#connections.get(deviceId)?.drop();
    if (!isGone) return;
    this.messages.purge(deviceId);
    this.#sessions.delete(deviceId);
    this.#activity.delete(deviceId);
  }
}

const NO_ACTIVITY: DeviceActivity = { connects: 0, d2cMessages: 0, c2dCompleted: 0 };

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(payload).toString());
  } catch {
    return undefined;
  }
}
