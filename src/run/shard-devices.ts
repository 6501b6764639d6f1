import { sleep } from '../../emulator/clock/index.ts';
import type { ChipCrypto } from '../../emulator/crypto/index.ts';
import type { CredentialDefinitions } from '../../emulator/host-library/index.ts';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import { chipCrypto, realClock } from '../base/index.ts';
import { caFrom, DeviceFactory, type ProvisionedDevice } from '../factory/index.ts';
import { type DeviceRange, PersistentFleet, rangeOf } from '../store/index.ts';
import type { FleetSource, ShardOrder } from './messages.ts';

/** How many devices are provisioned between two looks at whatever else happens. */
const AT_A_TIME = 10;

interface OpenedDevices {
  /** All that the shard has, unless it was stopped while they were provisioned. */
  readonly devices: readonly ProvisionedDevice[];
  readonly definitions: CredentialDefinitions;
  /** The root of what is soldered on and stays: the sensors. */
  readonly parts: Rng;
  /** What makes the chips' memories last, where they do. */
  readonly keeper: PersistentFleet | undefined;
  close(): Promise<void>;
}

/** The devices of a shard, of this run alone or persistent. */
export interface ShardDevices extends OpenedDevices {
  /** What their chips compute with. */
  readonly crypto: ChipCrypto;
}

/** The numbers in the run of a shard's devices. */
export function devicesOf({ plan, part }: Pick<ShardOrder, 'plan' | 'part'>): DeviceRange {
  return rangeOf({ from: 0, to: plan.count }, part);
}

/** @throws EmuError EMU_E_FLEET_… of a persistent fleet. */
export async function openDevices(
  order: ShardOrder,
  signal: AbortSignal,
  onProgress: (devices: number) => void,
): Promise<ShardDevices> {
  const { source, part, plan } = order;
  const crypto = await chipCrypto(plan.crypto);
  const opened =
    source.kind === 'new'
      ? await provisionDevices(order, source, signal, onProgress)
      : await persistentDevices(source, part);
  return { ...opened, crypto };
}

async function provisionDevices(
  order: ShardOrder,
  { ca, randomness }: Extract<FleetSource, { kind: 'new' }>,
  signal: AbortSignal,
  onProgress: (devices: number) => void,
): Promise<OpenedDevices> {
  const rng = rootRng(randomness);
  const factory = new DeviceFactory({ rng, ca: caFrom(ca), profile: order.plan.profile });
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
): Promise<OpenedDevices> {
  const keeper = await PersistentFleet.open(directory, segment, part);
  const { devices, definitions, parts } = keeper;
  return { devices, definitions, parts, keeper, close: () => keeper.close() };
}
