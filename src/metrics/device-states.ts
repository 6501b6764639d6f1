import { type CauseCode, UNFINISHED } from '../causes/index.ts';
import { type CauseCount, CauseCounts } from './causes.ts';

/** How many devices stand where. */
export interface DeviceCounts {
  readonly arrived: number;
  readonly everConnected: number;
  readonly connectedNow: number;
  /** Those that never connected and whose last attempt failed, or whose boot did. */
  readonly failing: number;
  /** Those whose boot failed: they stay down. */
  readonly bootFailed: number;
  /** Those that lost a connection at least once. */
  readonly lostOnce: number;
}

// How far a device's present attempt has come.
const NOT_ARRIVED = 0;
const CONNECTING = 1;
const ACCEPTED = 2;
const ENCRYPTED = 3;
const CONNECTED = 4;
const REGISTERING = 5;
const ASSIGNING = 6;
const PUT_OFF = 7;

/** A DPS answers with 202 that a registration goes on, and with 429 and above that the device has to ask again. */
const ACCEPTED_STATUS = 202;
const PUT_OFF_FROM = 429;

/** Why a device whose first attempt never ended has not connected. */
const UNFINISHED_AT: Readonly<Record<number, CauseCode>> = {
  [CONNECTING]: UNFINISHED.tcp,
  [ACCEPTED]: UNFINISHED.tls,
  [ENCRYPTED]: UNFINISHED.mqtt,
  [REGISTERING]: UNFINISHED.dps,
  [ASSIGNING]: UNFINISHED.assigning,
  [PUT_OFF]: UNFINISHED.putOff,
};

/** Where devices `from` to `to` - 1 of a run stand: a few bytes per device, no objects until something fails. */
export class DeviceStates {
  #arrived = 0;
  #everConnected = 0;
  #connectedNow = 0;
  #failing = 0;
  #bootFailed = 0;
  #lostOnce = 0;

  readonly #from: number;
  readonly #step: Uint8Array;
  readonly #ever: Uint8Array;
  /** When a device lost its connection, by the caller's clock; NaN while it has not lost one. */
  readonly #lostAt: Float64Array;
  readonly #everLost: Uint8Array;
  /** When the present step of a device began, by the caller's clock. */
  readonly #since: Float64Array;
  /** 1 + index into #causes of the last failure; 0 = none yet. */
  readonly #lastCause: Uint16Array;
  readonly #lastLate: Uint8Array;
  readonly #lastExample: string[] = [];
  readonly #causes: CauseCode[] = [];
  readonly #causeNumbers = new Map<CauseCode, number>();

  constructor({ from, to }: { readonly from: number; readonly to: number }) {
    const count = to - from;
    this.#from = from;
    this.#step = new Uint8Array(count);
    this.#ever = new Uint8Array(count);
    this.#lostAt = new Float64Array(count).fill(Number.NaN);
    this.#everLost = new Uint8Array(count);
    this.#since = new Float64Array(count);
    this.#lastCause = new Uint16Array(count);
    this.#lastLate = new Uint8Array(count);
  }

  get counts(): DeviceCounts {
    return {
      arrived: this.#arrived,
      everConnected: this.#everConnected,
      connectedNow: this.#connectedNow,
      failing: this.#failing,
      bootFailed: this.#bootFailed,
      lostOnce: this.#lostOnce,
    };
  }

  arrive(k: number, at: number): void {
    this.#arrived++;
    this.#begin(k, CONNECTING, at);
  }

  dial(k: number, at: number): void {
    this.#begin(k, CONNECTING, at);
  }

  accept(k: number, at: number): void {
    this.#begin(k, ACCEPTED, at);
  }

  encrypt(k: number, at: number): void {
    this.#begin(k, ENCRYPTED, at);
  }

  /** The device asked a DPS for its hub. `status` is that of the last answer, 0 before the first. */
  register(k: number, status: number, at: number): void {
    this.#begin(k, status >= PUT_OFF_FROM ? PUT_OFF : status === ACCEPTED_STATUS ? ASSIGNING : REGISTERING, at);
  }

  /** When the present step of the device began: the wait for the next attempt is one. */
  since(k: number): number {
    return this.#since[k - this.#from] as number;
  }

  /** Since when the device was without the connection that it had; undefined when it never had one. */
  connect(k: number): number | undefined {
    const i = k - this.#from;
    this.#step[i] = CONNECTED;
    this.#connectedNow++;
    const lostAt = this.#lostAt[i] as number;
    this.#lostAt[i] = Number.NaN;
    if (this.#ever[i] === 1) return Number.isNaN(lostAt) ? undefined : lostAt;
    this.#ever[i] = 1;
    this.#everConnected++;
    if (this.#lastCause[i] !== 0) this.#failing--;
    return undefined;
  }

  wasConnected(k: number): boolean {
    return this.#ever[k - this.#from] === 1;
  }

  bootFail(k: number, cause: CauseCode, example: string, at: number): void {
    this.fail(k, cause, example, false, at);
    this.#bootFailed++;
  }

  fail(k: number, cause: CauseCode, example: string, late: boolean, at: number): void {
    const i = k - this.#from;
    this.#begin(k, CONNECTING, at);
    if (this.#ever[i] === 0 && this.#lastCause[i] === 0) this.#failing++;
    this.#lastCause[i] = this.#causeNumber(cause);
    this.#lastLate[i] = late ? 1 : 0;
    this.#lastExample[i] = example;
  }

  disconnect(k: number, at: number): void {
    const i = k - this.#from;
    this.#begin(k, CONNECTING, at);
    this.#connectedNow--;
    this.#lostAt[i] = at;
    if (this.#everLost[i] === 0) this.#lostOnce++;
    this.#everLost[i] = 1;
  }

  /** The devices that arrived and never connected, by the cause of their last failure; `late`: whether this process was since then. */
  failures(late: (since: number) => boolean): CauseCount[] {
    const failures = new CauseCounts();
    this.#step.forEach((step, i) => {
      if (step === NOT_ARRIVED || this.#ever[i] === 1) return;
      const last = this.#causes[(this.#lastCause[i] ?? 0) - 1];
      const code = last ?? UNFINISHED_AT[step];
      if (code === undefined) return;
      const fellIntoLateness = last === undefined ? late(this.#since[i] as number) : this.#lastLate[i] === 1;
      const example = `device ${this.#from + i}: ${this.#lastExample[i] ?? 'still waiting'}`;
      failures.add({ code, count: 1, late: fellIntoLateness ? 1 : 0, example });
    });
    return failures.all();
  }

  #begin(k: number, step: number, at: number): void {
    this.#step[k - this.#from] = step;
    this.#since[k - this.#from] = at;
  }

  #causeNumber(cause: CauseCode): number {
    let number = this.#causeNumbers.get(cause);
    if (number === undefined) {
      number = this.#causes.push(cause);
      this.#causeNumbers.set(cause, number);
    }
    return number;
  }
}
