/** A kind of failure, how many it hit, and what one of them saw. */
export interface CauseSummary {
  readonly cause: string;
  readonly count: number;
  readonly example: string;
}

// How far a device's present attempt has come.
const NOT_ARRIVED = 0;
const CONNECTING = 1;
const ACCEPTED = 2;
const ENCRYPTED = 3;
const CONNECTED = 4;

/** Why a device whose first attempt never ended has not connected. */
const UNFINISHED: readonly string[] = [
  'not started',
  'TCP: connection not accepted by the end of the run',
  'TLS: handshake not finished by the end of the run',
  'MQTT: no CONNACK by the end of the run',
];

/** Where every device of a run stands: a few bytes per device, no objects until something fails. */
export class DeviceStates {
  arrived = 0;
  everConnected = 0;
  connectedNow = 0;
  /** Devices that never connected and whose last attempt failed. */
  failing = 0;
  /** Every cause that any attempt ended with, in order of appearance, with its first example. */
  readonly causesSeen: { readonly cause: string; readonly example: string }[] = [];

  readonly #step: Uint8Array;
  readonly #ever: Uint8Array;
  /** 1 + index into causesSeen of the last failure; 0 = none yet. */
  readonly #lastCause: Uint16Array;
  readonly #lastExample: string[] = [];
  readonly #causeNumbers = new Map<string, number>();
  readonly #disconnections = new Map<string, { cause: string; count: number; example: string }>();

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

  fail(k: number, cause: string, example: string): void {
    this.#step[k] = CONNECTING;
    if (this.#ever[k] === 0 && this.#lastCause[k] === 0) this.failing++;
    this.#lastCause[k] = this.#causeNumber(k, cause, example);
    this.#lastExample[k] = example;
  }

  disconnect(k: number, cause: string, example: string): void {
    this.#step[k] = CONNECTING;
    this.connectedNow--;
    const known = this.#disconnections.get(cause);
    if (known === undefined) this.#disconnections.set(cause, { cause, count: 1, example: `device ${k}: ${example}` });
    else known.count++;
  }

  /** The devices that arrived and never connected, by the cause of their last failure, most frequent first. */
  failures(): CauseSummary[] {
    const groups = new Map<string, { cause: string; count: number; example: string }>();
    this.#step.forEach((step, k) => {
      if (step === NOT_ARRIVED || this.#ever[k] === 1) return;
      const last = this.causesSeen[(this.#lastCause[k] ?? 0) - 1];
      const cause = last?.cause ?? UNFINISHED[step] ?? '';
      const group = groups.get(cause);
      if (group !== undefined) group.count++;
      else groups.set(cause, { cause, count: 1, example: `device ${k}: ${this.#lastExample[k] ?? 'still waiting'}` });
    });
    return byCount(groups);
  }

  /** Connections that ended after CONNACK 0, by cause, most frequent first. */
  disconnections(): CauseSummary[] {
    return byCount(this.#disconnections);
  }

  #causeNumber(k: number, cause: string, example: string): number {
    let number = this.#causeNumbers.get(cause);
    if (number === undefined) {
      number = this.causesSeen.push({ cause, example: `device ${k}: ${example}` });
      this.#causeNumbers.set(cause, number);
    }
    return number;
  }
}

function byCount(groups: ReadonlyMap<string, CauseSummary>): CauseSummary[] {
  return [...groups.values()].sort((a, b) => b.count - a.count).map((group) => ({ ...group }));
}
