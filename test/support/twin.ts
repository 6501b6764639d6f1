import { ManualClock, type Time } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import type {
  Device,
  DeviceEvent,
  DeviceFailure,
  DeviceTap,
  DeviceUnit,
  NotSentReason,
  Observe,
} from '../../emulator/device/index.ts';
import { firmwareOf, type Profile } from '../../emulator/firmware/index.ts';
import { type I2c, type Pace, Recorder } from '../../emulator/i2c/index.ts';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import { createCa, DeviceFactory, type ProvisionedDevice } from '../../src/factory/index.ts';
import { loadProfile } from '../../src/profile/index.ts';
import { createCa as createBrokerAuthority, type Identity } from './certificates.ts';
import { type BrokerScript, MemoryBroker } from './memory-broker.ts';

/** A fleet on paper: its root, its broker's certificate, and devices, made when asked for. */
export class TwinFactory {
  readonly profile: Profile;
  readonly rng: Rng;
  readonly factory: DeviceFactory;
  readonly broker: Identity;
  /** PEM of whom the devices trust. */
  readonly trusted: readonly string[];
  readonly #made = new Map<number, ProvisionedDevice>();

  constructor(root: Identity, broker: Identity, profile: Profile = loadProfile('esp32-mqtts')) {
    this.profile = profile;
    this.rng = rootRng('twins');
    const ca = createCa({
      rng: this.rng,
      now: new Date('2026-06-18T10:49:45Z'),
      names: this.profile.certificates,
    });
    this.factory = new DeviceFactory({ rng: this.rng, ca, profile: this.profile });
    this.broker = broker;
    this.trusted = [root.certificate];
  }

  /** A fleet, and a broker under a CA of its own. */
  static async make(): Promise<TwinFactory> {
    const root = await createBrokerAuthority({ commonName: 'Broker CA' });
    return new TwinFactory(root, await root.issue({ commonName: 'broker.test', dnsNames: ['broker.test'] }));
  }

  /** Device k with a chip of its own, as it left the factory. */
  made(k: number): ProvisionedDevice {
    let made = this.#made.get(k);
    if (made === undefined) {
      made = this.factory.provisionDevice(k);
      this.#made.set(k, made);
    }
    return { ...made, memory: made.memory.slice() };
  }
}

export const twinFactory = await TwinFactory.make();

/** A manual clock that lets every microtask run before it moves on. */
export function twinClock(start = 0): ManualClock {
  return new ManualClock({ start, drain: () => new Promise((resolve) => setImmediate(resolve)) });
}

/** What happened on a device, in its order. */
export class EventLog {
  /** `time event detail`, packets and what only the console knows left out. */
  readonly lines: string[] = [];
  readonly failures: (DeviceFailure & {
    readonly at: number;
    readonly event: 'bootFailed' | 'attemptFailed' | 'disconnected';
  })[] = [];
  readonly packets: { readonly at: number; readonly direction: 'sent' | 'received'; readonly bytes: Uint8Array }[] = [];
  /** Times at which telemetry was handed to the connection. */
  readonly telemetry: number[] = [];
  /** What became of the messages whose time had come. */
  readonly messages = { due: 0, sent: 0, notSent: {} as Partial<Record<NotSentReason, number>> };
  connections = 0;
  readonly #clock: ManualClock;

  constructor(clock: ManualClock) {
    this.#clock = clock;
  }

  observe(event: DeviceEvent): void {
    const at = this.#clock.now();
    switch (event.type) {
      case 'tcpConnected':
      case 'tlsEstablished':
        this.#note(`${event.type} ${event.ms}`);
        break;
      case 'connected':
        this.connections++;
        this.#note(`connected ${event.ms}`);
        break;
      case 'messageDue':
        this.messages.due++;
        break;
      case 'messageNotSent':
        this.#notSent(event.reason, 1);
        break;
      case 'messagesMissed':
        this.messages.due += event.count;
        this.#notSent(event.reason, event.count);
        break;
      case 'messageSent':
        this.messages.sent++;
        if (event.kind === 'telemetry') this.telemetry.push(at);
        this.#note(`messageSent ${event.kind} ${event.topic}`);
        break;
      case 'messageReceived':
      case 'messageDropped':
        this.#note(`${event.type} ${event.topic}`);
        break;
      case 'bootFailed':
      case 'attemptFailed':
      case 'disconnected':
        this.failures.push({ ...event.failure, event: event.type, at });
        this.#note(`${event.type} ${event.failure.step} ${event.failure.code}`);
        break;
      case 'packet':
        this.packets.push({ at, direction: event.direction, bytes: event.bytes.slice() });
    }
  }

  #notSent(reason: NotSentReason, count: number): void {
    this.messages.notSent[reason] = (this.messages.notSent[reason] ?? 0) + count;
  }

  #note(line: string): void {
    this.lines.push(`${this.#clock.now()} ${line}`);
  }
}

export interface TwinSetUp {
  readonly pace?: Pace;
  readonly script?: BrokerScript;
  readonly intervalMs?: number;
  /** Replaces what the device trusts. */
  readonly trusted?: readonly string[];
  /** The clock's time when the device is built, ms. */
  readonly start?: number;
  readonly device?: number;
  /** Replaces the clock, which otherwise begins at `start`. */
  readonly clock?: ManualClock;
  readonly durable?: DeviceUnit['durable'];
  /** What chip, firmware and noise draw from; the sensor itself stays the same part. */
  readonly rng?: Rng;
  /** Stands between the microcontroller and the bus of its secure element, before the recorder. */
  readonly secureElement?: (bus: I2c) => I2c;
  /** Reads the serial console. */
  readonly console?: (line: string) => void;
  /** Follows the device, beside the log. */
  readonly observe?: Observe;
}

/** One whole device on a manual clock, with recorders on its buses and a broker in memory. */
export interface TwinBench {
  readonly clock: ManualClock;
  readonly broker: MemoryBroker;
  readonly twin: Device;
  readonly log: EventLog;
  readonly made: ProvisionedDevice;
  readonly chipBus: Recorder;
  readonly sensorBus: Recorder;
}

export async function twinBench(setUp: TwinSetUp = {}): Promise<TwinBench> {
  const { pace = 'fast', script = {}, intervalMs, start, device = 0 } = setUp;
  const factory = twinFactory;
  const clock = setUp.clock ?? twinClock(start);
  const broker = new MemoryBroker(clock, factory.broker, script);
  const made = factory.made(device);
  const log = new EventLog(clock);
  const recorders: Recorder[] = [];
  const recorded = (bus: I2c, task: Time) => {
    const recorder = new Recorder(bus, task);
    recorders.push(recorder);
    return recorder;
  };
  const tap: DeviceTap = {
    secureElement: (bus, task) => recorded(setUp.secureElement?.(bus) ?? bus, task),
    sensor: recorded,
    ...(setUp.console && { console: setUp.console }),
  };
  const build = firmwareOf(factory.profile).fleet(factory.profile, {
    broker: { host: 'broker.test', port: 8883 },
    dial: broker.dial,
    trusted: setUp.trusted ?? factory.trusted,
    definitions: factory.factory.definitions,
    ...{ clock, pace, crypto: nodeCrypto, rng: setUp.rng ?? factory.rng, parts: factory.rng, intervalMs },
  });
  const unit = { ...made, durable: setUp.durable };
  const twin = build(
    unit,
    (event) => {
      log.observe(event);
      setUp.observe?.(event);
    },
    tap,
  );
  const [chipBus, sensorBus] = recorders as [Recorder, Recorder];
  return { clock, broker, twin, log, made, chipBus, sensorBus };
}
