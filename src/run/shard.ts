import { compileLater, errorDocument } from '../base/index.ts';
import type { ResourceMeter } from '../metrics/index.ts';
import type { FromShard, ShardBeginning, ShardOrder, ToShard } from './messages.ts';
import { openDevices, type ShardDevices } from './shard-devices.ts';
import { ShardRun } from './shard-run.ts';

/** A part of a run's devices, in a process of its own or in the coordinator's. */
export class Shard {
  readonly #post: (message: FromShard) => void;
  readonly #meter: ResourceMeter | undefined;
  readonly #stopped = new AbortController();
  #order: ShardOrder | undefined;
  #opening: Promise<ShardDevices | undefined> = Promise.resolve(undefined);
  #devices: ShardDevices | undefined;
  #run: ShardRun | undefined;

  /** @param meter of the shard's own process, where it has one */
  constructor(post: (message: FromShard) => void, meter?: ResourceMeter) {
    compileLater();
    this.#post = post;
    this.#meter = meter;
  }

  receive(message: ToShard): void {
    switch (message.type) {
      case 'provision':
        this.#order = message;
        this.#opening = this.#open(message);
        break;
      case 'begin':
        this.#begin(message);
        break;
      case 'stop':
        void this.#stop();
    }
  }

  async #open(order: ShardOrder): Promise<ShardDevices | undefined> {
    try {
      this.#devices = await openDevices(order, this.#stopped.signal, (devices) =>
        this.#post({ type: 'provisioned', devices }),
      );
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
    this.#devices.keeper?.failed.catch((error) => this.#fail(error));
    if (!this.#stopped.signal.aborted) this.#post({ type: 'ready' });
    return this.#devices;
  }

  #begin(beginning: ShardBeginning): void {
    if (this.#order === undefined || this.#devices === undefined || this.#stopped.signal.aborted) return;
    try {
      this.#run = new ShardRun(this.#order, this.#devices, beginning, { post: this.#post, meter: this.#meter });
    } catch (error) {
      this.#fail(error);
    }
  }

  async #stop(): Promise<void> {
    if (this.#stopped.signal.aborted) return;
    this.#stopped.abort();
    try {
      await this.#run?.stop();
      await (await this.#opening)?.close();
    } catch (error) {
      this.#fail(error);
    }
    this.#post({ type: 'done' });
  }

  #fail(error: unknown): void {
    this.#post({ type: 'failed', error: errorDocument(error) });
  }
}
