import { type CauseCode, causeOf, type Side, UNFINISHED } from '../causes/index.ts';

/** A kind of failure, how many it hit, and what one of them saw. */
export interface CauseSummary {
  /** In words. */
  readonly cause: string;
  readonly code: CauseCode;
  /** Who can do something about it. */
  readonly side: Side;
  readonly count: number;
  readonly example: string;
}

/** A kind of failure when it was first seen. */
export interface SeenCause {
  readonly code: CauseCode;
  readonly example: string;
}

interface Group {
  count: number;
  readonly example: string;
}

// How far a device's present attempt has come.
const NOT_ARRIVED = 0;
const CONNECTING = 1;
const ACCEPTED = 2;
const ENCRYPTED = 3;
const CONNECTED = 4;

/** Why a device whose first attempt never ended has not connected. */
const UNFINISHED_AT: Readonly<Record<number, CauseCode>> = {
  [CONNECTING]: UNFINISHED.tcp,
  [ACCEPTED]: UNFINISHED.tls,
  [ENCRYPTED]: UNFINISHED.mqtt,
};

/** Where every device of a run stands: a few bytes per device, no objects until something fails. */
export class DeviceStates {
  arrived = 0;
  everConnected = 0;
  connectedNow = 0;
  /** Devices that never connected and whose last attempt failed. */
  failing = 0;
  /** Every cause that any attempt ended with, in order of appearance, with its first example. */
  readonly causesSeen: SeenCause[] = [];

  readonly #step: Uint8Array;
  readonly #ever: Uint8Array;
  /** 1 + index into causesSeen of the last failure; 0 = none yet. */
  readonly #lastCause: Uint16Array;
  readonly #lastExample: string[] = [];
  readonly #causeNumbers = new Map<CauseCode, number>();
  readonly #disconnections = new Map<CauseCode, Group>();

  constructor(count: number) {
    this.#step = new Uint8Array(count);
    this.#ever = new Uint8Array(count);
    this.#lastCause = new Uint16Array(count);
  }

  arrive(k: number): void {
    this.arrived++;
    this.#step[k] = CONNECTING;
  }

  accept(k: number): void {
    this.#step[k] = ACCEPTED;
  }

  encrypt(k: number): void {
    this.#step[k] = ENCRYPTED;
  }

  connect(k: number): void {
    this.#step[k] = CONNECTED;
    this.connectedNow++;
    if (this.#ever[k] === 1) return;
    this.#ever[k] = 1;
    this.everConnected++;
    if (this.#lastCause[k] !== 0) this.failing--;
  }

  fail(k: number, cause: CauseCode, example: string): void {
    this.#step[k] = CONNECTING;
    if (this.#ever[k] === 0 && this.#lastCause[k] === 0) this.failing++;
    this.#lastCause[k] = this.#causeNumber(k, cause, example);
    this.#lastExample[k] = example;
  }

  disconnect(k: number, cause: CauseCode, example: string): void {
    this.#step[k] = CONNECTING;
    this.connectedNow--;
    count(this.#disconnections, cause, k, example);
  }

  /** The devices that arrived and never connected, by the cause of their last failure, most frequent first. */
  failures(): CauseSummary[] {
    const groups = new Map<CauseCode, Group>();
    this.#step.forEach((step, k) => {
      if (step === NOT_ARRIVED || this.#ever[k] === 1) return;
      const cause = this.causesSeen[(this.#lastCause[k] ?? 0) - 1]?.code ?? UNFINISHED_AT[step];
      if (cause !== undefined) count(groups, cause, k, this.#lastExample[k] ?? 'still waiting');
    });
    return byCount(groups);
  }

  /** Connections that ended after CONNACK 0, by cause, most frequent first. */
  disconnections(): CauseSummary[] {
    return byCount(this.#disconnections);
  }

  #causeNumber(k: number, code: CauseCode, example: string): number {
    let number = this.#causeNumbers.get(code);
    if (number === undefined) {
      number = this.causesSeen.push({ code, example: `device ${k}: ${example}` });
      this.#causeNumbers.set(code, number);
    }
    return number;
  }
}

function count(groups: Map<CauseCode, Group>, code: CauseCode, k: number, example: string): void {
  const known = groups.get(code);
  if (known === undefined) groups.set(code, { count: 1, example: `device ${k}: ${example}` });
  else known.count++;
}

function byCount(groups: ReadonlyMap<CauseCode, Group>): CauseSummary[] {
  return [...groups]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([code, group]) => {
      const { words, side } = causeOf(code);
      return { cause: words, code, side, ...group };
    });
}
