import { rootCertificates } from 'node:tls';
import { sleep } from '../../emulator/clock/index.ts';
import type { BuildDevice, Device, Dial } from '../../emulator/device/index.ts';
import { firmwareOf } from '../../emulator/firmware/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { realClock, resolveBy, sharedNow } from '../base/index.ts';
import type { ProvisionedDevice } from '../factory/index.ts';
import { GeneratorWatch, processBusy, type ResourceMeter, ShardMetrics } from '../metrics/index.ts';
import { arrivalSlot, scheduleArrivals, scheduledArrival } from './arrivals.ts';
import { FleetDevice, type RunTap } from './fleet-device.ts';
import type { FromShard, ShardBeginning, ShardOrder } from './messages.ts';
import { Outbox } from './outbox.ts';
import { devicesOf, type ShardDevices } from './shard-devices.ts';
import { type TrafficMeter, tcpNetwork } from './tcp.ts';

/** How long close_notify and FIN get to leave when the run ends. */
const CLOSING_MS = 250;

/** Where a shard's run is. */
export interface ShardSurroundings {
  readonly post: (message: FromShard) => void;
  /** Of the shard's own process, where it has one. */
  readonly meter?: ResourceMeter | undefined;
  /** A tap for device k of the run beside those of the order. */
  readonly tap?: (k: number) => RunTap | undefined;
}

/** Lets the devices of a shard arrive and runs them until it is stopped. */
export class ShardRun {
  readonly #surroundings: ShardSurroundings;
  readonly #generator: GeneratorWatch;
  readonly #metrics: ShardMetrics;
  readonly #outbox: Outbox;
  readonly #devices: Device[] = [];
  readonly #stopArrivals: () => void;

  constructor(order: ShardOrder, fleet: ShardDevices, beginning: ShardBeginning, surroundings: ShardSurroundings) {
    const { plan, part, watch } = order;
    const { profile } = plan;
    const { from } = devicesOf(order);
    const firmware = firmwareOf(profile);
    this.#surroundings = surroundings;
    const epoch = realClock.now() + beginning.epoch - sharedNow();
    this.#generator = new GeneratorWatch(realClock, epoch, processBusy);
    this.#metrics = new ShardMetrics(devicesOf(order), {
      clock: realClock,
      epoch,
      generator: this.#generator,
      chipCommands: () => this.#devices.reduce((sum, { chipCommands }) => sum + chipCommands, 0),
      resources: surroundings.meter,
    });
    this.#outbox = new Outbox(surroundings.post, watch, firmware.sensorAddress(profile), this.#metrics);

    const network = tcpNetwork(this.#traffic(), this.#outbox.wire, resolveBy(beginning.resolutions));
    const dials = plan.sourceAddresses?.map((address) => network(address));
    const build = this.#builder(order, fleet, beginning, network());
    const { ownTopic } = firmware.traffic(profile);
    const measuring = { clock: realClock, metrics: this.#metrics, probe: this.#outbox.publishes };
    surroundings.meter?.firstArrival();
    this.#stopArrivals = scheduleArrivals(realClock, {
      count: fleet.devices.length,
      dueAt: (j) => epoch + scheduledArrival(arrivalSlot(plan.count, part, j), plan.rate),
      arrive: (j, dueAt) => {
        const made = fleet.devices[j] as ProvisionedDevice;
        const k = from + j;
        const tap = surroundings.tap?.(k) ?? this.#outbox.tap(k);
        const observer = new FleetDevice(k, dueAt, ownTopic(firmware.clientId(profile, made)), measuring, tap);
        const unit = {
          ...made,
          durable: fleet.keeper?.durableFor(made.serialNumber),
          dial: dials?.[k % dials.length],
        };
        const device = build(unit, (event) => observer.observe(event), tap);
        this.#devices.push(device);
        this.#generator.arrival(realClock.now() - dueAt);
        this.#metrics.arrived(k);
        device.boot();
      },
      done: () => {
        this.#outbox.flush();
        surroundings.post({ type: 'arrived' });
      },
    });
  }

  /** Closes the devices; resolves when their last messages are on their way. */
  async stop(): Promise<void> {
    const { post, meter } = this.#surroundings;
    this.#stopArrivals();
    meter?.end();
    this.#outbox.flush();
    post({ type: 'stopping', failures: this.#metrics.failures() });
    this.#generator.stop();
    for (const device of this.#devices) device.stop();
    await sleep(realClock, CLOSING_MS);
    this.#outbox.close();
  }

  #traffic(): TrafficMeter {
    return {
      sent: (bytes) => this.#metrics.bytesSent(bytes),
      received: (bytes) => this.#metrics.bytesReceived(bytes),
    };
  }

  #builder(
    { plan }: ShardOrder,
    fleet: ShardDevices,
    { broker, trusted, randomness }: ShardBeginning,
    dial: Dial,
  ): BuildDevice {
    const { wire } = this.#outbox;
    return firmwareOf(plan.profile).fleet(plan.profile, {
      broker,
      dial,
      trusted: trusted === 'system' ? rootCertificates : trusted,
      definitions: fleet.definitions,
      clock: realClock,
      pace: plan.pace,
      crypto: fleet.crypto,
      rng: rootRng(randomness),
      parts: fleet.parts,
      intervalMs: plan.intervalMs,
      keyLog: wire && ((line) => wire.secret(line)),
    });
  }
}
