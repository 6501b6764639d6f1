import { createHash } from 'node:crypto';
import type { MessageKind } from '../../emulator/device/index.ts';
import { LatencyHistogram } from '../metrics/index.ts';
import type { DeliveryByKind, FilterReport } from './report.ts';

/** Deliveries that take longer are late. */
export const LATE_AFTER_MS = 1000;
/** A publish that has not arrived by then is lost, and one that has arrived is forgotten. */
const GIVE_UP_MS = 60_000;
/** By then what a device sent has been reported here, also by a process that stood still meanwhile. */
const REPORT_LAG_MS = 15_000;

interface Sent {
  readonly at: number;
  readonly kind: MessageKind;
}

/** All publishes with one topic and one payload: nothing on the wire distinguishes them. */
interface Equals {
  /** Publishes that have not arrived, in order. */
  readonly sent: Sent[];
  /** Times of arrivals whose publish is not known, or not yet. */
  readonly received: number[];
  everSent: boolean;
  lastSeen: number;
}

/**
 * Pairs what the fleet sent with what one subscription received. Both arrive in their own order, a publish possibly after
 * its arrival; all times are milliseconds of one monotonic clock.
 *
 * Messages carry no number. Publishes with the same topic and payload are paired first in, first out: their counts are
 * right, but a loss and a duplicate among equals cancel out, and a lost one lends its time to the next.
 */
export class DeliveryMatcher {
  readonly #equals = new Map<string, Equals>();
  readonly #latency = new LatencyHistogram();
  readonly #kinds = { telemetry: nothing(), script: nothing() };
  #duplicated = 0;
  #late = 0;
  #foreign = 0;

  sent(topic: string, payload: Uint8Array, at: number, kind: MessageKind): void {
    const equals = this.#equalsOf(topic, payload, at);
    this.#kinds[kind].sent++;
    // What arrived before this was sent is no delivery of it.
    while (equals.received.length > 0 && (equals.received[0] ?? 0) < at) this.#surplus(equals);
    equals.everSent = true;
    const receivedAt = equals.received.shift();
    if (receivedAt === undefined) equals.sent.push({ at, kind });
    else this.#delivered({ at, kind }, receivedAt);
  }

  received(topic: string, payload: Uint8Array, at: number): void {
    const equals = this.#equalsOf(topic, payload, at);
    const sent = equals.sent.shift();
    if (sent === undefined) equals.received.push(at);
    else this.#delivered(sent, at);
  }

  /** What is known until now; what is neither delivered nor lost is still out. */
  get deliveries(): DeliveryByKind {
    return this.#kinds;
  }

  /** Whether something sent has not arrived. */
  get waits(): boolean {
    for (const { sent } of this.#equals.values()) if (sent.length > 0) return true;
    return false;
  }

  /** Gives up what is too old, so that a long run needs no more memory than a minute's traffic. */
  tidy(now: number): void {
    for (const [key, equals] of this.#equals) {
      while ((equals.sent[0]?.at ?? now) < now - GIVE_UP_MS) this.#lose(equals);
      while ((equals.received[0] ?? now) < now - REPORT_LAG_MS) this.#surplus(equals);
      if (equals.lastSeen < now - GIVE_UP_MS && equals.sent.length + equals.received.length === 0) {
        this.#equals.delete(key);
      }
    }
  }

  /** Everything has been reported; what has not arrived is lost. */
  finish(filter: string): FilterReport {
    for (const equals of this.#equals.values()) {
      while (equals.sent.length > 0) this.#lose(equals);
      while (equals.received.length > 0) this.#surplus(equals);
    }
    const { telemetry, script } = this.#kinds;
    return {
      filter,
      sent: telemetry.sent + script.sent,
      delivered: telemetry.delivered + script.delivered,
      lost: telemetry.lost + script.lost,
      ...{ telemetry, script },
      duplicated: this.#duplicated,
      late: this.#late,
      foreign: this.#foreign,
      latency_ms: this.#latency.summary(),
    };
  }

  #equalsOf(topic: string, payload: Uint8Array, at: number): Equals {
    const key = `${topic}\0${createHash('sha1').update(payload).digest('base64')}`;
    let equals = this.#equals.get(key);
    if (equals === undefined) {
      equals = { sent: [], received: [], everSent: false, lastSeen: at };
      this.#equals.set(key, equals);
    }
    equals.lastSeen = at;
    return equals;
  }

  #delivered({ at, kind }: Sent, receivedAt: number): void {
    const ms = receivedAt - at;
    this.#kinds[kind].delivered++;
    this.#latency.record(ms);
    if (ms > LATE_AFTER_MS) this.#late++;
  }

  #lose(equals: Equals): void {
    const sent = equals.sent.shift();
    if (sent !== undefined) this.#kinds[sent.kind].lost++;
  }

  #surplus(equals: Equals): void {
    equals.received.shift();
    if (equals.everSent) this.#duplicated++;
    else this.#foreign++;
  }
}

function nothing() {
  return { sent: 0, delivered: 0, lost: 0 };
}
