import type { Time } from '../clock/index.ts';
import type { Climate } from '../environment/index.ts';
import type { Rng } from '../rng/index.ts';
import type { Calibration } from './calibration.ts';
import { conversionTime, quantise, quantiseHumidity } from './conversion.ts';
import { IirFilter } from './iir-filter.ts';
import { rawFromAmbient } from './inverse.ts';
import { humidityNoise, pressureNoise, temperatureNoise } from './noise.ts';
import {
  FILTER_COEFFICIENT,
  MODE_NORMAL,
  MODE_SLEEP,
  mode,
  NO_SAMPLE_16_BIT,
  NO_SAMPLE_20_BIT,
  osrsP,
  osrsT,
  STANDBY_MS,
} from './registers.ts';

/** How long the trimming values are copied before a conversion (im_update). The data sheet gives no figure; assumed. */
const NVM_COPY_MS = 0.1;

export interface SamplerOptions {
  readonly calibration: Calibration;
  /** The air at the sensor by the clock's time. It is taken as steady between two looks at the part. */
  readonly ambient: Climate;
  readonly clock: Time;
  /** How much longer this part's standby is than nominal, as a fraction: parts lie within ±0.05, at most ±0.25. */
  readonly standbyDrift?: number;
  /** Draws the converters' noise; a part without it repeats itself exactly. */
  readonly noise?: Rng;
}

/** A ctrl_meas as it stands in force: with the osrs_h that was latched together with it. */
interface Control {
  readonly ctrlMeas: number;
  readonly osrsH: number;
}

const ASLEEP: Control = { ctrlMeas: MODE_SLEEP, osrsH: 0 };

/** The measuring half of the part: its modes and cycles (data sheet 3.3), filter and data registers. */
export class Sampler {
  readonly #calibration: Calibration;
  readonly #ambient: Climate;
  readonly #clock: Time;
  readonly #standbyFactor: number;
  readonly #noise: Rng | undefined;
  readonly #pressureFilter = new IirFilter();
  readonly #temperatureFilter = new IirFilter();

  #now = 0;
  #control = ASLEEP;
  /** Written while a conversion ran: in force from its end. */
  #pending: Control | undefined;
  #config = 0;
  /** Start of the conversion that runs, or of the next one; means nothing in sleep mode. */
  #start = 0;

  #pressure = NO_SAMPLE_20_BIT;
  #temperature = NO_SAMPLE_20_BIT;
  #humidity = NO_SAMPLE_16_BIT;

  constructor(options: SamplerOptions) {
    this.#calibration = options.calibration;
    this.#ambient = options.ambient;
    this.#clock = options.clock;
    this.#standbyFactor = 1 + (options.standbyDrift ?? 0);
    this.#noise = options.noise;
  }

  reset(): void {
    this.#now = this.#clock.now();
    this.#control = ASLEEP;
    this.#pending = undefined;
    this.configure(0);
    this.#pressure = NO_SAMPLE_20_BIT;
    this.#temperature = NO_SAMPLE_20_BIT;
    this.#humidity = NO_SAMPLE_16_BIT;
  }

  /** ctrl_meas as it reads: what was written last, and mode 00 once a forced conversion is over. */
  get ctrlMeas(): number {
    return (this.#pending ?? this.#control).ctrlMeas;
  }

  get config(): number {
    return this.#config;
  }

  /** True while a conversion runs (status bit 3), as of the last `catchUp`. */
  get measuring(): boolean {
    return mode(this.#control.ctrlMeas) !== MODE_SLEEP && this.#now >= this.#start;
  }

  /** True while the trimming values are copied for a conversion (status bit 0), as of the last `catchUp`. */
  get copyingNvm(): boolean {
    return this.measuring && this.#now < this.#start + NVM_COPY_MS;
  }

  /** Until a deferred change of mode is carried out, further ones and writes to ctrl_hum are ignored (3.3.1). */
  get modeChangePending(): boolean {
    return this.#pending !== undefined && mode(this.#pending.ctrlMeas) !== mode(this.#control.ctrlMeas);
  }

  /** A write to ctrl_meas. A running conversion finishes first. */
  control(ctrlMeas: number, osrsH: number): void {
    if (this.modeChangePending) return;
    if (this.measuring) this.#pending = { ctrlMeas, osrsH };
    else this.#takeOver({ ctrlMeas, osrsH }, this.#now);
  }

  /** A write to config, which also empties the filter. Taken in every mode; in normal mode the data sheet does not specify it. */
  configure(config: number): void {
    this.#config = config;
    this.#pressureFilter.reset();
    this.#temperatureFilter.reset();
  }

  /** Byte `offset` of the eight from press_msb: pressure, temperature (20 bits in three bytes each), humidity. */
  dataRegister(offset: number): number {
    if (offset < 3) return ((this.#pressure << 4) >> (16 - 8 * offset)) & 0xff;
    if (offset < 6) return ((this.#temperature << 4) >> (40 - 8 * offset)) & 0xff;
    return offset < 8 ? (this.#humidity >> (56 - 8 * offset)) & 0xff : 0;
  }

  /** Brings everything to where the clock stands: a conversion's result is there from its typical time on. */
  catchUp(): void {
    this.#now = this.#clock.now();
    while (mode(this.#control.ctrlMeas) !== MODE_SLEEP) {
      const end = this.#start + conversionTime(this.#control.ctrlMeas, this.#control.osrsH);
      if (this.#now < end) return;
      if (mode(this.#control.ctrlMeas) === MODE_NORMAL && this.#pending === undefined) this.#runCycles(end);
      else this.#finish(end);
    }
  }

  /** Normal mode: all the conversions from the one that ended at `end` to the last one that has ended. */
  #runCycles(end: number): void {
    const period = end - this.#start + this.#standby;
    const more = Math.floor((this.#now - end) / period);
    this.#sample(end + more * period, more + 1);
    this.#start += (more + 1) * period;
  }

  /** One conversion that something else than its repetition follows: sleep, or what was written meanwhile. */
  #finish(end: number): void {
    this.#sample(end, 1);
    const { ctrlMeas, osrsH } = this.#control;
    const next = this.#pending ?? { ctrlMeas: ctrlMeas & ~0x03, osrsH };
    this.#pending = undefined;
    this.#start = end + this.#standby;
    this.#takeOver(next, end);
  }

  #takeOver(next: Control, time: number): void {
    const cycleGoesOn = mode(this.#control.ctrlMeas) === MODE_NORMAL && mode(next.ctrlMeas) === MODE_NORMAL;
    if (!cycleGoesOn) this.#start = time;
    this.#control = next;
  }

  get #standby(): number {
    return (STANDBY_MS[this.#config >> 5] ?? 0) * this.#standbyFactor;
  }

  /** Puts the last of `count` samples into the data registers; the air was as it is at `time` for all of them. */
  #sample(time: number, count: number): void {
    const { ctrlMeas, osrsH } = this.#control;
    const raw = rawFromAmbient(this.#calibration, this.#ambient(time));
    const c = FILTER_COEFFICIENT[(this.#config >> 2) & 7] ?? 1;
    const noise = this.#noise;

    const t = osrsT(ctrlMeas);
    if (t === 0) this.#temperature = NO_SAMPLE_20_BIT;
    else {
      const drawn = noise ? temperatureNoise(noise, t) : 0;
      this.#temperature = quantise(this.#temperatureFilter.feed(raw.temperature, count, c, drawn), t, c > 1);
    }

    const p = osrsP(ctrlMeas);
    if (p === 0) this.#pressure = NO_SAMPLE_20_BIT;
    else {
      const drawn = noise ? pressureNoise(noise, p) : 0;
      this.#pressure = quantise(this.#pressureFilter.feed(raw.pressure, count, c, drawn), p, c > 1);
    }

    if (osrsH === 0) this.#humidity = NO_SAMPLE_16_BIT;
    else this.#humidity = quantiseHumidity(raw.humidity + (noise ? humidityNoise(noise, osrsH) : 0));
  }
}
