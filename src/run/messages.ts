/** The messages between coordinator and shards: plain data, whether a process lies between them or not. */
import type { ErrorDocument, Resolution } from '../base/index.ts';
import type { CaDocument } from '../factory/index.ts';
import type { CauseCount, MetricsDelta } from '../metrics/index.ts';
import type { Published } from '../probe/index.ts';
import type { Segment } from '../store/index.ts';
import type { TraceFile } from '../trace/index.ts';
import type { BrokerAddress, RunPlan } from './plan.ts';

/** Where a run's devices come from. */
export type FleetSource =
  | { readonly kind: 'new'; readonly ca: CaDocument; readonly randomness: string | Uint8Array }
  | { readonly kind: 'persistent'; readonly directory: string; readonly segment: Segment };

/** What is watched of the devices, each by its number in the run. */
export interface ShardWatch {
  readonly console: number | undefined;
  readonly trace: number | undefined;
  readonly wire: boolean;
  readonly publishes: boolean;
}

/** What a shard has to do, with all that it takes to know which devices are its own. */
export interface ShardOrder {
  /** Its part of the run's devices. */
  readonly part: Segment;
  readonly source: FleetSource;
  readonly plan: Pick<RunPlan, 'count' | 'rate' | 'intervalMs' | 'profile' | 'pace' | 'crypto' | 'sourceAddresses'>;
  readonly watch: ShardWatch;
}

/** What is known when all shards have their devices. */
export interface ShardBeginning {
  readonly broker: BrokerAddress;
  /** Hosts that are reached elsewhere than a resolver says. */
  readonly resolutions: readonly Resolution[];
  /** The CAs that the devices trust: PEM, or Node's own list. */
  readonly trusted: readonly string[] | 'system';
  /** What `rootRng` takes for all that chips and firmware draw. */
  readonly randomness: string | Uint8Array;
  /** When the first device of the run arrives, by `sharedNow`. */
  readonly epoch: number;
}

export type ToShard =
  | ({ readonly type: 'provision' } & ShardOrder)
  | ({ readonly type: 'begin' } & ShardBeginning)
  /** Ends what it does, wherever it is; answered with `done`. */
  | { readonly type: 'stop' };

export type FromShard =
  /** So many of its devices are there. */
  | { readonly type: 'provisioned'; readonly devices: number }
  /** All are. */
  | { readonly type: 'ready' }
  /** The last of its devices has arrived. */
  | { readonly type: 'arrived' }
  | { readonly type: 'metrics'; readonly delta: MetricsDelta }
  | { readonly type: 'console'; readonly line: string }
  | { readonly type: 'trace'; readonly file: TraceFile; readonly lines: readonly string[] }
  /** Blocks of a pcapng file. */
  | { readonly type: 'wire'; readonly blocks: Uint8Array }
  | { readonly type: 'published'; readonly batch: Published }
  /** Stops as requested; its devices are still there. */
  | { readonly type: 'stopping'; readonly failures: readonly CauseCount[] }
  /** Everything is closed; the last message. */
  | { readonly type: 'done' }
  /** It cannot go on. */
  | { readonly type: 'failed'; readonly error: ErrorDocument };
