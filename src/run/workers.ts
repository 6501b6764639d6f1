import { EmuError } from '../../emulator/errors.ts';
import { errorFrom } from '../base/index.ts';
import type { FromShard, ShardBeginning, ShardOrder } from './messages.ts';
import { localWorker, startWorker, type Worker } from './worker.ts';

/** A shard that has not closed its devices by then is ended. */
const PATIENCE_MS = 15_000;

/** What the workers of a run report to it. */
export interface WorkersEvents {
  message(worker: number, message: FromShard): void;
  /** Its process ended while its devices ran. */
  ended(worker: number, how: string): void;
}

/** A step that every worker takes, each when it is ready. */
class Step {
  readonly #missing: Set<number>;
  #finish: () => void = () => {};
  /** Resolves when all have, or are gone. */
  readonly taken = new Promise<void>((resolve) => {
    this.#finish = resolve;
  });

  constructor(count: number) {
    this.#missing = new Set(Array.from({ length: count }, (_, index) => index));
  }

  take(worker: number): void {
    this.#missing.delete(worker);
    if (this.#missing.size === 0) this.#finish();
  }

  get missing(): readonly number[] {
    return [...this.#missing];
  }
}

/** The workers of a run, from their start to their end. */
export class Workers {
  readonly #workers: readonly Worker[];
  readonly #events: WorkersEvents;
  readonly #ready: Step;
  readonly #stopping: Step;
  readonly #done: Step;
  readonly #over: Step;
  readonly #failed: Promise<never>;
  #fail: (error: Error) => void = () => {};
  #began = false;
  #failure: Error | undefined;

  constructor(count: number, events: WorkersEvents) {
    this.#events = events;
    this.#ready = new Step(count);
    this.#stopping = new Step(count);
    this.#done = new Step(count);
    this.#over = new Step(count);
    this.#failed = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.#failed.catch(() => {});
    this.#workers = Array.from({ length: count }, (_, index) => {
      const receive = (message: FromShard) => this.#receive(index, message);
      const worker = count === 1 ? localWorker(receive) : startWorker(receive);
      worker.gone.then((how) => this.#gone(index, how));
      return worker;
    });
  }

  /** Resolves when every worker has its devices. Rejects with the first failure, or when a worker ends. */
  async provision(order: Omit<ShardOrder, 'part'>): Promise<void> {
    const of = this.#workers.length;
    this.#workers.forEach((worker, index) => {
      worker.send({ type: 'provision', ...order, part: { index, of } });
    });
    await Promise.race([this.#ready.taken, this.#failed]);
  }

  begin(beginning: ShardBeginning): void {
    this.#began = true;
    for (const worker of this.#workers) worker.send({ type: 'begin', ...beginning });
  }

  /** Resolves when no worker is left; rejects when one cannot go on. */
  get over(): Promise<void> {
    return Promise.race([this.#over.taken, this.#failed]);
  }

  /** The first that a worker reported, after which it cannot go on; it may come while the worker closes. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** Has all close their devices; resolves when they have begun to, and all that they measured is here. */
  async stop(): Promise<void> {
    for (const worker of this.#workers) worker.send({ type: 'stop' });
    if (this.#began) await this.#within(this.#stopping);
  }

  /** After `stop`: resolves when everything is closed and no process is left. */
  async close(): Promise<void> {
    await this.#within(this.#done);
    await Promise.all(this.#workers.map((worker) => worker.end()));
  }

  #receive(index: number, message: FromShard): void {
    this.#events.message(index, message);
    if (message.type === 'ready') this.#ready.take(index);
    if (message.type === 'failed') {
      this.#failure ??= errorFrom(message.error);
      this.#fail(this.#failure);
    }
    // One that never began is done without a word of its devices.
    if (message.type === 'stopping' || message.type === 'done') this.#stopping.take(index);
    if (message.type === 'done') this.#done.take(index);
  }

  #gone(index: number, how: string): void {
    const stopped = !this.#stopping.missing.includes(index);
    for (const step of [this.#ready, this.#stopping, this.#done, this.#over]) step.take(index);
    if (this.#began && !stopped) this.#events.ended(index, how);
    if (!this.#began) this.#fail(workerEnded(index, how));
  }

  /** A worker that does not take the step in time is ended. */
  async #within(step: Step): Promise<void> {
    let impatience: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      impatience = setTimeout(resolve, PATIENCE_MS);
    });
    await Promise.race([step.taken, late]);
    clearTimeout(impatience);
    await Promise.all(step.missing.map((index) => this.#workers[index]?.end()));
  }
}

function workerEnded(index: number, how: string): EmuError {
  return new EmuError('EMU_E_WORKER', `worker ${index} ended before the first device arrived: ${how}`, {
    value: index,
    hint: 'If the system killed it, memory may be short: run fewer devices.',
  });
}
