import { sleep } from '../../emulator/clock/index.ts';
import { firmwareOf } from '../../emulator/firmware/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { realClock, resolveBy, sharedNow } from '../base/index.ts';
import { sizeOf } from '../store/index.ts';
import { openBroker } from './broker.ts';
import { fleetOf, type RunFleet } from './fleet-source.ts';
import type { FromShard, ShardOrder } from './messages.ts';
import type { FleetRunOptions } from './options.ts';
import type { RunPlan } from './plan.ts';
import { type FleetProbe, probeAccess } from './probe-access.ts';
import { Workers, type WorkersEvents } from './workers.ts';

/** From `begin` to the first arrival: by then every shard has received it. */
const LEAD_MS = 100;

/**
 * Has its workers provision or open the fleet, lets its devices arrive at the planned rate and runs them for the planned time.
 * Resolves when every device is closed and no worker is left; rejects when there can be no fleet, when the embedded broker
 * dies, or when the memory of a persistent chip cannot be written. A worker that dies while devices run takes only its own devices with it.
 */
export async function runFleet(plan: RunPlan, options: FleetRunOptions): Promise<void> {
  const { signal } = options;
  const fleet = fleetOf(plan);
  const run = new FleetRun(plan, options);
  const workers = new Workers(plan.workers, run);
  try {
    await Promise.race([workers.provision(orderOf(plan, fleet, options)), aborted(signal)]);
    if (!signal.aborted) await run.devices(fleet, workers);
  } finally {
    await workers.stop();
    await workers.close();
  }
  if (workers.failure !== undefined) throw workers.failure;
}

function orderOf(plan: RunPlan, { source }: RunFleet, { records, probe }: FleetRunOptions): Omit<ShardOrder, 'part'> {
  const { count, rate, intervalMs, profile, pace, crypto, sourceAddresses } = plan;
  return {
    source,
    plan: {
      ...{ count, rate, profile, pace, crypto },
      ...(intervalMs !== undefined && { intervalMs }),
      ...(sourceAddresses && { sourceAddresses }),
    },
    watch: {
      console: records?.console?.device,
      trace: records?.trace?.device,
      wire: records?.wire !== undefined,
      publishes: probe?.publishes === true,
    },
  };
}

/** The coordinator of one run: takes what its workers report, and gives them what they share. */
class FleetRun implements WorkersEvents {
  readonly #plan: RunPlan;
  readonly #options: FleetRunOptions;
  /** Devices, by worker. */
  readonly #provisioned: number[];
  #arrived = 0;
  #probe: FleetProbe | undefined;

  constructor(plan: RunPlan, options: FleetRunOptions) {
    this.#plan = plan;
    this.#options = options;
    this.#provisioned = Array(plan.workers).fill(0);
  }

  /** From the broker's start to its end. */
  async devices(fleet: RunFleet, workers: Workers): Promise<void> {
    const plan = this.#plan;
    const { metrics, signal, onPhase, probe } = this.#options;
    const randomness = await fleet.begin();
    const rng = rootRng(randomness);
    const broker = await unlessAborted(signal, openBroker(plan, fleet.ca, rng.fork('broker')));
    if (broker === undefined) return;
    try {
      if (signal.aborted) return;
      const firmware = firmwareOf(plan.profile);
      const service = firmware.service(plan.profile);
      const { address, pid, trusted } = broker;
      // What was asked for by --resolve comes last, and goes before.
      const resolutions = [...broker.resolutions, ...(plan.resolutions ?? [])];
      onPhase?.({
        phase: 'broker',
        broker: address,
        embedded: plan.broker === 'embedded',
        service,
        ...(pid !== undefined && { pid }),
        ...(broker.resolutions.length > 0 && { hubs: broker.resolutions }),
      });
      if (firmware.traffic(plan.profile).ownTopic('') === undefined) metrics.echoNotMeasurable();
      if (service === 'azure') metrics.devicesRegister();
      if (probe !== undefined) {
        const access = probeAccess(fleet, broker, resolveBy(resolutions), rng.fork('probe'));
        this.#probe = await unlessAborted(signal, probe.start(access, signal));
      }
      if (signal.aborted) return;

      const epoch = sharedNow() + LEAD_MS;
      workers.begin({ broker: address, resolutions, trusted, randomness, epoch });
      await sleep(realClock, epoch - sharedNow());
      onPhase?.({ phase: 'arriving' });
      const ending = new AbortController();
      try {
        const ended = AbortSignal.any([signal, ending.signal]);
        await Promise.race([sleepUnless(ended, plan.durationMs), broker.died, workers.over]);
      } finally {
        ending.abort();
        await workers.stop();
        onPhase?.({ phase: 'closing' });
        await workers.close();
      }
    } finally {
      await this.#probe?.finish();
      await broker.stop();
    }
  }

  message(worker: number, message: FromShard): void {
    const { metrics, records, onPhase } = this.#options;
    switch (message.type) {
      case 'provisioned':
        this.#provisioned[worker] = message.devices;
        onPhase?.({ phase: 'provisioning', provisioned: this.#provisioned.reduce(sum), of: this.#plan.count });
        break;
      case 'arrived':
        if (++this.#arrived === this.#plan.workers) onPhase?.({ phase: 'arrived' });
        break;
      case 'metrics':
        metrics.add(worker, message.delta);
        break;
      case 'stopping':
        metrics.shardStopped(worker, message.failures);
        break;
      case 'console':
        records?.console?.write(message.line);
        break;
      case 'trace':
        for (const line of message.lines) records?.trace?.write(message.file, line);
        break;
      case 'wire':
        records?.wire?.(message.blocks);
        break;
      case 'published':
        this.#probe?.sent(message.batch);
    }
  }

  ended(worker: number, how: string): void {
    const { count, workers } = this.#plan;
    const ended = this.#options.metrics.shardEnded(worker, sizeOf(count, { index: worker, of: workers }), how);
    this.#options.onPhase?.({ phase: 'worker ended', worker: ended });
  }
}

function sum(a: number, b: number): number {
  return a + b;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/**
 * Undefined when the promise rejects after the abort. A terminal's Ctrl-C also ends a child that does not yet lead a process
 * group of its own.
 */
async function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Resolves after `ms`, or as soon as the signal is aborted. */
async function sleepUnless(signal: AbortSignal, ms: number): Promise<void> {
  let cancel = () => {};
  const over = new Promise<void>((resolve) => {
    cancel = realClock.alarm(ms, resolve);
  });
  await Promise.race([over, aborted(signal)]);
  cancel();
}
