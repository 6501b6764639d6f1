import { PortalRefusal } from '../refusal.ts';
import type { State, Table } from '../state/index.ts';
import { type Surroundings, uuid } from '../surroundings.ts';
import type { PropertyBag } from './property-bag.ts';

/** A message to a device that has not acknowledged it yet. */
export interface PendingMessage {
  readonly deviceId: string;
  /** Rises with each message of a hub. */
  readonly sequence: number;
  readonly messageId: string;
  readonly properties: PropertyBag;
  /** Base64. */
  readonly payload: string;
  readonly enqueuedTimeUtc: string;
}

export interface MessageRequest {
  readonly messageId?: string | undefined;
  readonly properties: PropertyBag;
  readonly payload: Uint8Array;
}

/** Azure's limits: messages that may wait for one device, and bytes of one. */
const MOST_WAITING = 50;
const MOST_BYTES = 64 * 1024;
const QUEUE_FULL = 403_004;
const TOO_LARGE = 413_001;

/** The messages of one hub to its devices, until they are acknowledged. */
export class PendingMessages {
  readonly #table: Table<PendingMessage>;
  readonly #byDevice = new Map<string, PendingMessage[]>();
  readonly #surroundings: Surroundings;
  #last = 0;

  constructor(hub: string, state: State, surroundings: Surroundings) {
    this.#table = state.table(`message/${hub.toLowerCase()}`);
    this.#surroundings = surroundings;
    const kept = [...this.#table.values()].sort((one, other) => one.sequence - other.sequence);
    for (const message of kept) this.#queue(message);
  }

  /** In the order in which they were sent. */
  of(deviceId: string): readonly PendingMessage[] {
    return this.#byDevice.get(deviceId) ?? [];
  }

  add(deviceId: string, { messageId, properties, payload }: MessageRequest): PendingMessage {
    if (this.of(deviceId).length >= MOST_WAITING) {
      throw new PortalRefusal(403, `${MOST_WAITING} messages wait for ${deviceId} already`, QUEUE_FULL);
    }
    if (payload.length > MOST_BYTES) {
      throw new PortalRefusal(413, `a message to a device has at most ${MOST_BYTES} bytes`, TOO_LARGE);
    }
    const { rng, date } = this.#surroundings;
    const message: PendingMessage = {
      deviceId,
      sequence: this.#last + 1,
      messageId: messageId ?? uuid(rng),
      properties,
      payload: Buffer.from(payload).toString('base64'),
      enqueuedTimeUtc: date().toISOString(),
    };
    this.#table.put(keyOf(message), message);
    this.#queue(message);
    return message;
  }

  /** The device has it. */
  complete(message: PendingMessage): void {
    this.#table.remove(keyOf(message));
    const rest = this.of(message.deviceId).filter(({ sequence }) => sequence !== message.sequence);
    if (rest.length > 0) this.#byDevice.set(message.deviceId, rest);
    else this.#byDevice.delete(message.deviceId);
  }

  purge(deviceId: string): void {
    for (const message of this.of(deviceId)) this.#table.remove(keyOf(message));
    this.#byDevice.delete(deviceId);
  }

  #queue(message: PendingMessage): void {
    this.#last = Math.max(this.#last, message.sequence);
    this.#byDevice.set(message.deviceId, [...this.of(message.deviceId), message]);
  }
}

function keyOf({ deviceId, sequence }: PendingMessage): string {
  return `${deviceId}/${sequence}`;
}
