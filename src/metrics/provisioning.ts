import { PROVISIONING_STEPS, type ProvisioningStep } from '../../emulator/device/index.ts';
import { type LatencyCounts, LatencyHistogram, LatencyInterval, type LatencySummary } from './latency.ts';

/** So many of each. */
type Tally<K> = readonly (readonly [K, number])[];

/** What happened to the records of devices, as plain data: how many began to register, have registered, or had a record before. */
export interface ProvisioningCounts {
  began: number;
  registered: number;
  skipped: number;
}

/** What a shard saw of registrations since its last message, as plain data. That of all shards merges exactly. */
export interface ProvisioningDelta {
  readonly counts: ProvisioningCounts;
  /** By hub. */
  readonly assigned: Tally<string>;
  /** By the status of the answer. */
  readonly answers: Tally<number>;
  readonly retries: Tally<number>;
  readonly steps: Partial<Record<ProvisioningStep, LatencyCounts>>;
}

/** The registrations of a run at a Device Provisioning Service (DPS). */
export interface ProvisioningSummary extends Readonly<ProvisioningCounts> {
  /** Devices by the hub that the DPS named. */
  readonly assigned: Readonly<Record<string, number>>;
  /** Each step's own time, of every device that came to its end. */
  readonly step_ms: Readonly<Record<ProvisioningStep, LatencySummary>>;
  /** Of the DPS, by status. */
  readonly answers: Readonly<Record<string, number>>;
  /** By the status that made devices ask again. */
  readonly retries: Readonly<Record<string, number>>;
}

const noCounts = (): ProvisioningCounts => ({ began: 0, registered: 0, skipped: 0 });

/** How many of what. */
class Counts<K extends string | number> {
  #counts = new Map<K, number>();

  add(what: K, count = 1): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + count);
  }

  addAll(counts: Tally<K>): void {
    for (const [what, count] of counts) this.add(what, count);
  }

  /** What was counted since the last call. */
  take(): Tally<K> {
    const taken = [...this.#counts];
    this.#counts = new Map();
    return taken;
  }

  /** The largest first; statuses in their order, because JavaScript keeps numbers in it. */
  summary(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([, a], [, b]) => b - a));
  }
}

function forEachStep<T>(make: () => T): Record<ProvisioningStep, T> {
  return { connect: make(), register: make(), assign: make(), hub: make(), record: make() };
}

/** Counts what a shard sees of registrations. */
export class ProvisioningInterval {
  readonly #assigned = new Counts<string>();
  readonly #answers = new Counts<number>();
  readonly #retries = new Counts<number>();
  readonly #steps = forEachStep(() => new LatencyInterval());
  #counts = noCounts();
  #any = false;

  count(what: keyof ProvisioningCounts): void {
    this.#any = true;
    this.#counts[what]++;
  }

  assigned(hub: string): void {
    this.#any = true;
    this.#assigned.add(hub);
  }

  answer(status: number): void {
    this.#any = true;
    this.#answers.add(status);
  }

  retried(status: number): void {
    this.#any = true;
    this.#retries.add(status);
  }

  step(step: ProvisioningStep, ms: number): void {
    this.#any = true;
    this.#steps[step].record(ms);
  }

  /** What was counted since the last call; undefined when nothing was. */
  take(): ProvisioningDelta | undefined {
    if (!this.#any) return undefined;
    this.#any = false;
    const counts = this.#counts;
    this.#counts = noCounts();
    const steps: Partial<Record<ProvisioningStep, LatencyCounts>> = {};
    for (const step of PROVISIONING_STEPS) {
      const taken = this.#steps[step].take();
      if (taken !== undefined) steps[step] = taken;
    }
    const [assigned, answers, retries] = [this.#assigned.take(), this.#answers.take(), this.#retries.take()];
    return { counts, assigned, answers, retries, steps };
  }
}

/** What all shards of a run saw of registrations. */
export class ProvisioningFigures {
  readonly #counts = noCounts();
  readonly #assigned = new Counts<string>();
  readonly #answers = new Counts<number>();
  readonly #retries = new Counts<number>();
  readonly #steps = forEachStep(() => new LatencyHistogram());

  get counts(): Readonly<ProvisioningCounts> {
    return { ...this.#counts };
  }

  /** @param late while the load generator was */
  add({ counts, assigned, answers, retries, steps }: ProvisioningDelta, late: boolean): void {
    for (const what of Object.keys(this.#counts) as (keyof ProvisioningCounts)[]) this.#counts[what] += counts[what];
    this.#assigned.addAll(assigned);
    this.#answers.addAll(answers);
    this.#retries.addAll(retries);
    for (const step of PROVISIONING_STEPS) {
      const measured = steps[step];
      if (measured !== undefined) this.#steps[step].add(measured, late);
    }
  }

  summary(): ProvisioningSummary {
    const { connect, register, assign, hub, record } = this.#steps;
    return {
      ...this.#counts,
      assigned: this.#assigned.summary(),
      step_ms: {
        connect: connect.summary(),
        register: register.summary(),
        assign: assign.summary(),
        hub: hub.summary(),
        record: record.summary(),
      },
      answers: this.#answers.summary(),
      retries: this.#retries.summary(),
    };
  }
}
