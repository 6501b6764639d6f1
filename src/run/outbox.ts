import type { ShardMetrics } from '../metrics/index.ts';
import { PublishBatch } from '../probe/index.ts';
import { Capture, DeviceTrace, type TraceFile, type WireTap } from '../trace/index.ts';
import type { RunTap } from './fleet-device.ts';
import type { FromShard, ShardWatch } from './messages.ts';

const FLUSH_MS = 250;
/** Of the wire, held back at most. */
const HELD_BYTES = 1 << 18;

/** What a shard reports of its running devices: gathered, so that there are few messages however much happens. */
export class Outbox {
  readonly publishes: PublishBatch | undefined;
  readonly wire: WireTap | undefined;
  readonly #post: (message: FromShard) => void;
  readonly #watch: ShardWatch;
  readonly #sensorAddress: number | undefined;
  readonly #metrics: ShardMetrics;
  readonly #timer: NodeJS.Timeout;
  #lines: Record<TraceFile, string[]> = { i2c: [], mqtt: [] };
  #blocks: Uint8Array[] = [];
  #blockBytes = 0;

  constructor(
    post: (message: FromShard) => void,
    watch: ShardWatch,
    sensorAddress: number | undefined,
    metrics: ShardMetrics,
  ) {
    this.#post = post;
    this.#watch = watch;
    this.#sensorAddress = sensorAddress;
    this.#metrics = metrics;
    if (watch.publishes) this.publishes = new PublishBatch((batch) => post({ type: 'published', batch }));
    if (watch.wire) this.wire = new Capture((block) => this.#hold(block));
    this.#timer = setInterval(() => this.flush(), FLUSH_MS).unref();
  }

  /** A tap for device `k` of the run, which is powered up next, or none. */
  tap(k: number): RunTap | undefined {
    const console =
      k === this.#watch.console ? { console: (line: string) => this.#post({ type: 'console', line }) } : undefined;
    if (k !== this.#watch.trace) return console;
    const trace = new DeviceTrace(this.#sensorAddress, (file, line) => this.#lines[file].push(line));
    return {
      secureElement: (bus, clock) => trace.secureElement(bus, clock),
      sensor: (bus, clock) => trace.sensor(bus, clock),
      packet: (direction, bytes) => trace.packet(direction, bytes),
      ...console,
    };
  }

  flush(): void {
    this.publishes?.flush();
    this.#flushBlocks();
    for (const file of ['i2c', 'mqtt'] as const) {
      const lines = this.#lines[file];
      if (lines.length === 0) continue;
      this.#lines[file] = [];
      this.#post({ type: 'trace', file, lines });
    }
    this.#post({ type: 'metrics', delta: this.#metrics.take() });
  }

  /** Sends what is left. */
  close(): void {
    clearInterval(this.#timer);
    this.flush();
  }

  #hold(block: Uint8Array): void {
    this.#blocks.push(block);
    this.#blockBytes += block.length;
    if (this.#blockBytes >= HELD_BYTES) this.#flushBlocks();
  }

  #flushBlocks(): void {
    if (this.#blocks.length === 0) return;
    this.#post({ type: 'wire', blocks: Buffer.concat(this.#blocks) });
    this.#blocks = [];
    this.#blockBytes = 0;
  }
}
