import { sleep } from '../../emulator/clock/index.ts';
import type { CredentialDefinitions } from '../../emulator/host-library/index.ts';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import { realClock } from '../base/index.ts';
import { caFrom, DeviceFactory, type ProvisionedDevice } from '../factory/index.ts';
import { type DeviceRange, PersistentFleet, rangeOf } from '../store/index.ts';
import type { FleetSource, ShardOrder } from './messages.ts';

/** How many devices are provisioned between two looks at whatever else happens. */
const AT_A_TIME = 10;

/** The devices of a shard, of this run alone or persistent. */
export interface ShardDevices {
  /** All that the shard has, unless it was stopped while they were provisioned. */
  readonly devices: readonly ProvisionedDevice[];
  readonly definitions: CredentialDefinitions;
  /** The root of what is soldered on and stays: the sensors. */
  readonly parts: Rng;
  /** What makes the chips' memories last, where they do. */
  readonly keeper: PersistentFleet | undefined;
  close(): Promise<void>;
}

/** The numbers in the run of a shard's devices. */
export function devicesOf({ plan, part }: Pick<ShardOrder, 'plan' | 'part'>): DeviceRange {
  return rangeOf({ from: 0, to: plan.count }, part);
}

/** @throws EmuError EMU_E_FLEET_… of a persistent fleet. */
export function openDevices(
  order: ShardOrder,
  signal: AbortSignal,
  onProgress: (devices: number) => void,
): Promise<ShardDevices> {
  const { source, part } = order;
  return source.kind === 'new' ? provisionDevices(order, source, signal, onProgress) : persistentDevices(source, part);
}

async function provisionDevices(
  order: ShardOrder,
  { ca, randomness }: Extract<FleetSource, { kind: 'new' }>,
  signal: AbortSignal,
  onProgress: (devices: number) => void,
): Promise<ShardDevices> {
  const rng = rootRng(randomness);
  const factory = new DeviceFactory({ rng, authority: caFrom(ca), profile: order.plan.profile });
  const { from, to } = devicesOf(order);
  const devices: ProvisionedDevice[] = [];
  for (let k = from; k < to && !signal.aborted; k++) {
    devices.push(factory.provisionDevice(k));
    if (devices.length % AT_A_TIME !== 0 && k + 1 < to) continue;
    onProgress(devices.length);
    await sleep(realClock, 0);
  }
  const { definitions } = factory;
  return { devices, definitions, parts: rng, keeper: undefined, close: () => Promise.resolve() };
}

async function persistentDevices(
  { directory, segment }: Extract<FleetSource, { kind: 'persistent' }>,
  part: ShardOrder['part'],
): Promise<ShardDevices> {
  const keeper = await PersistentFleet.open(directory, segment, part);
  const { devices, definitions, parts } = keeper;
  return { devices, definitions, parts, keeper, close: () => keeper.close() };
}
