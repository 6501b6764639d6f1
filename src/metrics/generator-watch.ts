import type { Clock } from '../../emulator/clock/index.ts';
import { type LatencyCounts, LatencyInterval } from './latency.ts';
import { LATE_MS, type Lateness, LoopWatch } from './loop-watch.ts';

/** How busy a process is, as counters that only rise. */
export interface BusyMeter {
  /** How long its event loop was at work, or kept from it, ms. */
  loopBusyMs(): number;
  /** CPU time of all its threads, µs. */
  cpuUs(): number;
}

/** One second of one shard, counted from the run's first arrival. Plain data. */
export interface GeneratorSecond {
  readonly second: number;
  /** The worst delay of the event loop, ms. */
  readonly loopMs: number;
  /** How late the latest arrival or message left, ms. */
  readonly lateMs: number;
  /** Share of the time in which the event loop was at work; 0 of a second that was cut short. */
  readonly busy: number;
  /** CPU time of the process, in cores; likewise. */
  readonly cpu: number;
}

/** A time in which the process did not run: stopped, suspended, or without a CPU. */
export interface Gap {
  /** When it ended, s from the first arrival. */
  readonly at_s: number;
  readonly ms: number;
}

/** What a shard's watch has seen since it was last asked. Plain data. */
export interface GeneratorReport {
  readonly stalls: Lateness;
  /** Whether anything of it fell into a time in which the shard was late. */
  readonly late: boolean;
  readonly seconds: readonly GeneratorSecond[];
  readonly gaps: readonly Gap[];
  readonly loop: LatencyCounts | undefined;
  readonly arrivals: LatencyCounts | undefined;
  readonly publishes: LatencyCounts | undefined;
}

/** An event loop that is at work for more than this share of a second has no time left for what comes. */
const BUSY_SHARE = 0.95;
/** A stall of at least this length, ms, in which the process used less than this share of a core, is a gap. */
const GAP_MS = 1000;
const GAP_SHARE = 0.2;
const SECOND_MS = 1000;
/** Of a second that is cut shorter, ms, the share of work says nothing: one turn of the loop may be all of it. */
const SHORTEST_MS = 500;

/** Whether a load generator that had this second can have made what was measured in it. */
export function isSaturated({ loopMs, lateMs, busy }: Omit<GeneratorSecond, 'second' | 'cpu'>): boolean {
  return loopMs > LATE_MS || lateMs > LATE_MS || busy > BUSY_SHARE;
}

/** Watches a shard: whether its event loop comes round in time, what leaves too late, how much of its CPU is left. */
export class GeneratorWatch {
  readonly #clock: Clock;
  readonly #epoch: number;
  readonly #meter: BusyMeter;
  readonly #stalls: LoopWatch;
  readonly #loop = new LatencyInterval();
  readonly #arrivals = new LatencyInterval();
  readonly #publishes = new LatencyInterval();
  #seconds: GeneratorSecond[] = [];
  #gaps: Gap[] = [];
  #second = 0;
  #loopMs = 0;
  #lateMs = 0;
  /** Of the present second, as it began; undefined before the first device arrives. */
  #began: { readonly at: number; readonly busyMs: number; readonly cpuUs: number } | undefined;
  /** At the last turn of the loop. */
  #turnCpuUs = 0;
  /** What a saturated second may still spoil ends then: by then the next one has its verdict. */
  #spoiltUntil = Number.NEGATIVE_INFINITY;

  /** @param epoch when the run's first device arrives, on the clock */
  constructor(clock: Clock, epoch: number, meter: BusyMeter) {
    this.#clock = clock;
    this.#epoch = epoch;
    this.#meter = meter;
    this.#stalls = new LoopWatch(clock, epoch, (lateMs) => this.#turn(lateMs));
  }

  /**
   * Whether what fails now may fail because of this process: it was late just now, or a peer that it kept waiting for some
   * time answers to that, for which it has as long again.
   */
  get late(): boolean {
    return this.lateSince(this.#clock.now());
  }

  /** The same of what began at `at` and ends now: a handshake that took ten seconds may have been spoilt in any of them. */
  lateSince(at: number): boolean {
    return this.#stalls.lateSince(at) || this.#lateMs > LATE_MS || at < this.#spoiltUntil;
  }

  /** A device arrives `ms` after its time. */
  arrival(ms: number): void {
    this.#arrivals.record(ms);
    if (ms > this.#lateMs) this.#lateMs = ms;
  }

  /** A message is made `ms` after its time. */
  publish(ms: number): void {
    this.#publishes.record(ms);
    if (ms > this.#lateMs) this.#lateMs = ms;
  }

  /** Since the last call. */
  take(): GeneratorReport {
    const { late } = this;
    const stalls = this.#stalls.take();
    const taken: GeneratorReport = {
      stalls,
      late: late || stalls.maxMs > 0,
      seconds: this.#seconds,
      gaps: this.#gaps,
      loop: this.#loop.take(),
      arrivals: this.#arrivals.take(),
      publishes: this.#publishes.take(),
    };
    this.#seconds = [];
    this.#gaps = [];
    return taken;
  }

  /** Ends it: what comes after is no lateness. */
  stop(): void {
    this.#stalls.stop();
    this.#endSeconds();
  }

  #turn(lateMs: number): void {
    const now = this.#clock.now();
    const cpuUs = this.#meter.cpuUs();
    this.#loop.record(lateMs);
    if (this.#began === undefined) {
      this.#began = this.#present();
      this.#turnCpuUs = cpuUs;
    }
    if (lateMs >= GAP_MS && (cpuUs - this.#turnCpuUs) / 1000 < GAP_SHARE * lateMs) {
      this.#gaps.push({ at_s: (now - this.#epoch) / SECOND_MS, ms: lateMs });
    }
    this.#turnCpuUs = cpuUs;
    this.#loopMs = Math.max(this.#loopMs, lateMs);
    if (now - this.#epoch < (this.#second + 1) * SECOND_MS) return;
    this.#endSeconds();
    // What of the delay lies in the second that has begun.
    this.#loopMs = Math.min(lateMs, now - this.#epoch - this.#second * SECOND_MS);
  }

  /** A stall may be several seconds long: it was in all of them. */
  #endSeconds(): void {
    const present = this.#present();
    const { at: now, busyMs, cpuUs } = present;
    const began = this.#began;
    const elapsedMs = now - (began?.at ?? now);
    if (began === undefined || elapsedMs <= 0) return;
    const figures = {
      loopMs: this.#loopMs,
      lateMs: this.#lateMs,
      busy: elapsedMs < SHORTEST_MS ? 0 : Math.min(1, (busyMs - began.busyMs) / elapsedMs),
      cpu: elapsedMs < SHORTEST_MS ? 0 : (cpuUs - began.cpuUs) / 1000 / elapsedMs,
    };
    const next = Math.max(this.#second + 1, Math.floor((now - this.#epoch) / SECOND_MS));
    for (; this.#second < next; this.#second++) this.#seconds.push({ second: this.#second, ...figures });
    if (isSaturated(figures)) this.#spoiltUntil = now + elapsedMs + LATE_MS;
    this.#began = present;
    this.#loopMs = 0;
    this.#lateMs = 0;
  }

  #present() {
    return { at: this.#clock.now(), busyMs: this.#meter.loopBusyMs(), cpuUs: this.#meter.cpuUs() };
  }
}
