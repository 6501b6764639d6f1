import { ATECC608_ADDRESS, Atecc608 } from '../../../emulator/atecc608/index.ts';
import { TaskClock } from '../../../emulator/clock/index.ts';
import {
  BrokerLink,
  type BuildDevice,
  type Device,
  type DeviceUnit,
  type FleetSurroundings,
  type Observe,
} from '../../../emulator/device/index.ts';
import type { Firmware } from '../../../emulator/firmware/index.ts';
import { AteccDriver, chipKeys, loadCredentials } from '../../../emulator/host-library/index.ts';
import { I2cBus, i2cController, settled } from '../../../emulator/i2c/index.ts';
import { MqttClient, type MqttEvent } from '../../../emulator/mqtt/index.ts';
import { TrustStore, tlsPolicy } from '../../../emulator/tls/index.ts';
import type { ToyProfile } from './profile.ts';

export { toyProfile } from './profile.ts';

const MQTT = {
  ...{ keepAliveSeconds: 60, cleanSession: true, bufferBytes: 512, networkTimeoutMs: 5000, readPollMs: 1000 },
  outbox: { maxBytes: 1024, expiryMs: 10_000 },
};

const clientIdOf = (macTail: Uint8Array) => `toy-${Buffer.from(macTail).toString('hex')}`;

export const toy: Firmware<ToyProfile> = {
  service: () => 'broker',
  clientId: (_profile, { macTail }) => clientIdOf(macTail),
  traffic: ({ beacon }) => ({
    telemetryFilter: beacon.topic,
    ownTopic: () => undefined,
    fansOut: false,
  }),
  sensorAddress: () => undefined,
  fleet(profile, surroundings): BuildDevice {
    const trust = new TrustStore(surroundings.trusted, tlsPolicy(profile.tls).certificates);
    return (unit, observe) => new Toy(profile, surroundings, trust, unit, observe);
  },
};

/** Connects once and beats. */
class Toy implements Device {
  readonly clientId: string;
  readonly #profile: ToyProfile;
  readonly #surroundings: FleetSurroundings;
  readonly #trust: TrustStore;
  readonly #unit: DeviceUnit;
  readonly #observe: Observe;
  readonly #atecc: AteccDriver;
  readonly #client: MqttClient;
  #link: BrokerLink | undefined;
  #cancelBeat = () => {};

  constructor(
    profile: ToyProfile,
    surroundings: FleetSurroundings,
    trust: TrustStore,
    unit: DeviceUnit,
    observe: Observe,
  ) {
    this.clientId = clientIdOf(unit.macTail);
    this.#profile = profile;
    this.#surroundings = surroundings;
    this.#trust = trust;
    this.#unit = unit;
    this.#observe = observe;
    const { clock, crypto, rng } = surroundings;
    const task = new TaskClock(clock);
    const random = rng.fork('device', unit.index);
    const chip = new Atecc608({
      ...{ memory: unit.memory, crypto, rng: random.fork('chip'), clock: task, executionTimes: 'none' },
    });
    const bus = i2cController(new I2cBus().attach(ATECC608_ADDRESS, chip), task, 'fast');
    this.#atecc = new AteccDriver(unit.durable?.(chip, bus) ?? bus);
    this.#client = new MqttClient(this.clientId, MQTT, { clock, rng: random.fork('mqtt') }, this);
  }

  get chipCommands(): number {
    return this.#atecc.commands;
  }

  async boot(): Promise<void> {
    const { broker, dial, definitions, clock, crypto, rng } = this.#surroundings;
    const { tls, chip } = this.#profile;
    const name = new TextEncoder().encode(this.#unit.commonName);
    const certificates = await settled(this.#atecc.i2c, () => loadCredentials(this.#atecc, definitions, name));
    this.#link = new BrokerLink(
      { ...broker, dial: this.#unit.dial ?? dial, trust: this.#trust, policy: tlsPolicy(tls), timeoutMs: 5000 },
      { certificates, keys: chipKeys(this.#atecc, chip, crypto) },
      { clock, rng: rng.fork('device', this.#unit.index, 'link'), bootedAt: clock.now() },
      {
        tcpConnected: (ms) => this.#observe({ type: 'tcpConnected', ms }),
        tlsEstablished: (ms) => {
          this.#observe({ type: 'tlsEstablished', ms });
          this.#client.transportUp();
        },
        received: (record) => this.#client.receive(record),
        taken: () => this.#client.transportTaken(),
        down: (failure) => this.#observe({ type: 'attemptFailed', failure }),
      },
    );
  }

  stop(): void {
    this.#cancelBeat();
    this.#link?.close();
    this.#client.transportDown();
  }

  get blocked(): boolean {
    return this.#link?.blocked === true;
  }

  send(packet: Uint8Array): void {
    this.#observe({ type: 'packet', direction: 'sent', bytes: packet });
    this.#link?.send(packet);
  }

  pause(): void {
    this.#link?.pause();
  }

  resume(): void {
    this.#link?.resume();
  }

  event(event: MqttEvent): void {
    if (event.type !== 'connected') return;
    this.#observe({ type: 'connected', ms: 0 });
    this.#beat();
  }

  #beat(): void {
    const { topic, periodMs } = this.#profile.beacon;
    this.#client.publish(topic, `${this.clientId} is here`, 0);
    this.#observe({ type: 'messageDue', kind: 'telemetry', lateMs: 0 });
    this.#observe({ type: 'messageSent', topic, kind: 'telemetry' });
    this.#cancelBeat = this.#surroundings.clock.alarm(periodMs, () => this.#beat());
  }
}
