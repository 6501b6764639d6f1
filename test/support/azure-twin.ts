import { slotOffset } from '../../emulator/atecc608/index.ts';
import type { ManualClock, Time } from '../../emulator/clock/index.ts';
import { nodeCrypto } from '../../emulator/crypto/index.ts';
import type { Device, DeviceEvent, DeviceTap, Dial } from '../../emulator/device/index.ts';
import { firmwareOf, type Profile } from '../../emulator/firmware/index.ts';
import { type I2c, Recorder } from '../../emulator/i2c/index.ts';
import { loadProfile } from '../../src/profile/index.ts';
import { publishPacket } from '../unit/mqtt/harness.ts';
import { createCa, type Identity } from './certificates.ts';
import { type BrokerConnection, type BrokerScript, MemoryBroker } from './memory-broker.ts';
import { TwinFactory, twinClock } from './twin.ts';

type AzureProfile = Extract<Profile, { firmware: 'azure-dps' }>;

export const DPS = 'dps.test';
export const HUB = 'hub-1.azure-devices.test';
export const OPERATION = '4.0123456789abcdef.01234567-89ab-cdef-0123-456789abcdef';

export function azureProfile(nameOrFile = 'azure-dps', changes: Partial<AzureProfile> = {}): AzureProfile {
  const profile = loadProfile(nameOrFile);
  if (profile.firmware !== 'azure-dps') throw new Error(`${nameOrFile} is a profile of ${profile.firmware}`);
  return { ...profile, ...changes };
}

const root = await createCa({ commonName: 'Cloud CA' });
const names = { commonName: 'cloud', dnsNames: [DPS, HUB, 'testcorp.azure-devices.net'] };
const identity: Identity = await root.issue(names);

/** Devices as they leave the factory, by whether the CN is in slot 8. */
const factories = new Map<string, TwinFactory>();
function factoryOf(profile: AzureProfile): TwinFactory {
  const source = profile.certificates.deviceCommonName;
  const factory = factories.get(source) ?? new TwinFactory(root, identity, profile);
  factories.set(source, factory);
  return factory;
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The packet id of a PUBLISH with QoS 1 whose length has one byte, or two. */
function publishId(packet: Buffer): Buffer {
  const start = (packet[1] as number) < 0x80 ? 2 : 3;
  const end = start + 2 + packet.readUInt16BE(start);
  return packet.subarray(end, end + 2);
}

/** What every server answers: CONNACK, SUBACK as asked for, PUBACK. `granted` are the QoS of all filters. */
export function serverAnswer(packet: string): string | undefined {
  const bytes = Buffer.from(packet, 'hex');
  switch ((bytes[0] as number) >> 4) {
    case 1:
      return '20020000';
    case 8: {
      let granted = '';
      for (let at = 4; at < bytes.length; ) {
        at += 2 + bytes.readUInt16BE(at);
        granted += hex(bytes.subarray(at, ++at));
      }
      return `90${(2 + granted.length / 2).toString(16).padStart(2, '0')}${hex(bytes.subarray(2, 4))}${granted}`;
    }
    case 3:
      return ((bytes[0] as number) & 2) === 0 ? undefined : `4002${hex(publishId(bytes))}`;
    case 12:
      return 'd000';
    default:
      return undefined;
  }
}

/** The topic of a PUBLISH. */
export function topicOfPublish(packet: string): string | undefined {
  const bytes = Buffer.from(packet, 'hex');
  if ((bytes[0] as number) >> 4 !== 3) return undefined;
  const start = (bytes[1] as number) < 0x80 ? 2 : 3;
  return bytes.subarray(start + 2, start + 2 + bytes.readUInt16BE(start)).toString();
}

/** An answer of the DPS: status, body, and what follows the request id. */
export interface DpsReply {
  readonly status: number | string;
  readonly body: unknown;
  readonly retryAfter?: number;
}

export const ASSIGNING: DpsReply = {
  status: 202,
  body: { operationId: OPERATION, status: 'assigning' },
  retryAfter: 3,
};

export function assignedTo(hub: unknown, deviceId: unknown): DpsReply {
  const registrationState = { assignedHub: hub, deviceId, status: 'assigned', substatus: 'initialAssignment' };
  return { status: 200, body: { operationId: OPERATION, status: 'assigned', registrationState } };
}

/** A DPS that gives these answers, one for each request, and the last again and again; undefined is silence. */
export function dpsWith(...replies: readonly (DpsReply | undefined)[]): BrokerScript {
  let next = 0;
  return {
    answer: (packet, connection) => {
      const answer = serverAnswer(packet);
      if (answer !== undefined) connection.send(answer);
      const topic = topicOfPublish(packet);
      if (topic === undefined) return;
      const reply = replies[Math.min(next++, replies.length - 1)];
      if (reply !== undefined) connection.send(dpsPublish(reply, /\$rid=(\d+)/.exec(topic)?.[1] ?? ''));
    },
  };
}

export function dpsPublish({ status, body, retryAfter }: DpsReply, rid: string): string {
  const after = retryAfter === undefined ? '' : `&retry-after=${retryAfter}`;
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  return publishPacket(`$dps/registrations/res/${status}/?$rid=${rid}${after}`, payload);
}

export function obedientHub(packet: string, connection: BrokerConnection): void {
  const answer = serverAnswer(packet);
  if (answer !== undefined) connection.send(answer);
}

export interface AzureSetUp {
  readonly profile?: AzureProfile;
  readonly dps?: BrokerScript;
  readonly hub?: BrokerScript;
  readonly device?: number;
  readonly clock?: ManualClock;
  readonly intervalMs?: number;
  readonly pace?: 'fast' | 'hardware';
  /** The chip's memory, where it is not fresh from the factory. */
  readonly memory?: Uint8Array;
  readonly console?: (line: string) => void;
  readonly secureElement?: (bus: I2c) => I2c;
}

/** One whole device on a manual clock, with a DPS and a hub in memory. */
export class AzureBench {
  readonly clock: ManualClock;
  readonly dps: MemoryBroker;
  readonly hub: MemoryBroker;
  readonly twin: Device;
  readonly memory: Uint8Array;
  /** 18 lower-case digits. */
  readonly serialNumber: string;
  readonly chipBus: Recorder;
  readonly events: DeviceEvent[] = [];
  /** `time event details`, packets and what only the console knows left out. */
  readonly lines: string[] = [];
  /** Whom the device dialled. */
  readonly dials: string[] = [];

  constructor(setUp: AzureSetUp = {}) {
    const profile = setUp.profile ?? azureProfile();
    const factory = factoryOf(profile);
    const made = factory.made(setUp.device ?? 0);
    this.clock = setUp.clock ?? twinClock();
    this.serialNumber = made.commonName;
    this.memory = setUp.memory ?? made.memory;
    const dpsScript = setUp.dps ?? dpsWith(ASSIGNING, assignedTo(HUB, this.serialNumber));
    this.dps = new MemoryBroker(this.clock, identity, dpsScript);
    this.hub = new MemoryBroker(this.clock, identity, setUp.hub ?? { answer: obedientHub });
    const dial: Dial = (host, port, events) => {
      this.dials.push(`${host}:${port}`);
      return (host === DPS ? this.dps : this.hub).dial(host, port, events);
    };
    const recorders: Recorder[] = [];
    const tap: DeviceTap = {
      secureElement: (bus: I2c, time: Time) => {
        const recorder = new Recorder(setUp.secureElement?.(bus) ?? bus, time);
        recorders.push(recorder);
        return recorder;
      },
      ...(setUp.console && { console: setUp.console }),
    };
    const build = firmwareOf(profile).fleet(profile, {
      broker: { host: DPS, port: 8883 },
      dial,
      trusted: factory.trusted,
      definitions: factory.factory.definitions,
      ...{ clock: this.clock, pace: setUp.pace ?? 'fast', crypto: nodeCrypto, rng: factory.rng, parts: factory.rng },
      intervalMs: setUp.intervalMs,
    });
    this.twin = build({ ...made, memory: this.memory }, (event) => this.#observe(event), tap);
    this.chipBus = recorders[0] as Recorder;
  }

  /** The beginning of slot 8. */
  get slot8(): Uint8Array {
    return this.memory.slice(slotOffset(8), slotOffset(8) + 96);
  }

  /** Events of these types, as they were observed. */
  of<Type extends DeviceEvent['type']>(...types: readonly Type[]): Extract<DeviceEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<DeviceEvent, { type: Type }> =>
      (types as readonly string[]).includes(event.type),
    );
  }

  /** `step.code` of each failure, behind what it ended. */
  get failures(): string[] {
    return this.of('bootFailed', 'attemptFailed', 'disconnected').map(
      ({ type, failure: { step, code } }) => `${type} ${step}.${code}`,
    );
  }

  #observe(event: DeviceEvent): void {
    if (event.type === 'packet') return;
    this.events.push(event);
    if (event.type.includes('.')) return;
    const { type, ...details } = event;
    const words = Object.values(details).map((value) =>
      typeof value === 'object' ? `${value.step}.${value.code}` : String(value),
    );
    this.lines.push([this.clock.now(), type, ...words].join(' '));
  }
}

/** A device that has registered and is at its hub for the telemetry. */
export async function provisionedBench(setUp: AzureSetUp = {}): Promise<AzureBench> {
  const bench = new AzureBench(setUp);
  bench.twin.boot();
  await bench.clock.advance(20_000);
  return bench;
}
