import { randomBytes } from 'node:crypto';
import { sleep } from '../../emulator/clock/index.ts';
import type { CredentialDefinitions } from '../../emulator/host-library/index.ts';
import { type Rng, rootRng } from '../../emulator/rng/index.ts';
import { realClock } from '../base/index.ts';
import { type Ca, createCa, DeviceFactory, type Issuer, loadCa, type ProvisionedDevice } from '../factory/index.ts';
import { PersistentFleet, readKeys } from '../store/index.ts';
import type { FleetRunOptions } from './observer.ts';
import type { RunPlan } from './plan.ts';

/** How many devices are made between two looks at the signal and the terminal. */
const MADE_AT_A_TIME = 10;

/** The devices of a run, made for it alone or kept. */
export interface RunDevices {
  /** As many as are planned, unless the run was interrupted while they were made. */
  readonly devices: readonly ProvisionedDevice[];
  readonly definitions: CredentialDefinitions;
  readonly authority: Pick<Ca, 'anchors' | 'organization'>;
  /** Who issues under the fleet's root. @throws EmuError EMU_E_FLEET_DAMAGED where its key is not at hand */
  signer(): Issuer;
  /** The root of what chips and firmware draw in this run. */
  readonly rng: Rng;
  /** The root of what is soldered on and stays: the sensors. */
  readonly parts: Rng;
  /** What keeps the chips' memories, where they are kept. */
  readonly keeper: PersistentFleet | undefined;
  close(): Promise<void>;
}

/** @throws EmuError EMU_E_FLEET_…, EMU_E_STORE_WRITE of a kept fleet. */
export function openDevices(plan: RunPlan, options: FleetRunOptions): Promise<RunDevices> {
  return plan.kept === undefined ? provisionDevices(plan, options) : persistentDevices(plan.kept);
}

async function provisionDevices(plan: RunPlan, { signal, onPhase }: FleetRunOptions): Promise<RunDevices> {
  const { count, profile } = plan;
  const rng = rootRng(plan.seed ?? Uint8Array.from(randomBytes(32)));
  const authority = caOf(plan, rng);
  const factory = new DeviceFactory({ rng, authority, profile });
  const devices: ProvisionedDevice[] = [];
  while (devices.length < count && !signal.aborted) {
    devices.push(factory.provisionDevice(devices.length));
    if (devices.length % MADE_AT_A_TIME === 0 || devices.length === count) {
      onPhase?.({ phase: 'making', made: devices.length, of: count });
      await sleep(realClock, 0);
    }
  }
  return {
    devices,
    definitions: factory.definitions,
    authority,
    signer: () => authority.signer,
    rng,
    parts: rng,
    keeper: undefined,
    close: () => Promise.resolve(),
  };
}

function caOf({ authority, profile, years }: RunPlan, rng: Rng): Ca {
  const options = { rng, now: new Date(), names: profile.certificates, ...(years !== undefined && { years }) };
  return authority === undefined ? createCa(options) : loadCa(authority, options);
}

async function persistentDevices({ directory, segment }: NonNullable<RunPlan['kept']>): Promise<RunDevices> {
  const keeper = await PersistentFleet.open(directory, segment);
  const { devices, definitions, authority, parts, chance } = keeper;
  const signer = () => readKeys(directory, keeper.file).authority.signer;
  return { devices, definitions, authority, signer, rng: chance, parts, keeper, close: () => keeper.close() };
}
