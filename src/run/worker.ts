import { startChild } from '../base/index.ts';
import type { FromShard, ToShard } from './messages.ts';
import { Shard } from './shard.ts';

/** A shard as the coordinator sees it, wherever it is. */
export interface Worker {
  send(message: ToShard): void;
  /** Resolves to how its process ended; never where it has none of its own. */
  readonly gone: Promise<string>;
  /** Ends its process; resolves when it is gone. */
  end(): Promise<void>;
}

/** A shard in a process of its own, which lives no longer than this one. */
export function startWorker(receive: (message: FromShard) => void): Worker {
  const child = startChild<ToShard, FromShard>('run/shard-main');
  child.onMessage(receive);
  return { send: (message) => child.send(message), gone: child.gone, end: () => child.stop() };
}

/** A shard in this process. */
export function localWorker(receive: (message: FromShard) => void): Worker {
  const shard = new Shard(receive);
  return { send: (message) => shard.receive(message), gone: new Promise(() => {}), end: () => Promise.resolve() };
}
