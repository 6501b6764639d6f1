import { dataAddress } from '../../emulator/host-library/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import type { RunningCloud } from '../../src/cloud/index.ts';
import { benchDriver } from '../../src/factory/index.ts';
import { loadProfile } from '../../src/profile/index.ts';
import { copyDevices, listFleet } from '../../src/store/index.ts';
import { makeFleet } from './persistent-fleet.ts';

/** The hub of an embedded cloud that is told no other. */
export const HUB = 'hub-1.azure-devices.test';

/** Devices as their factory leaves them: no hub is known to any. */
export async function makeAzureFleet(directory: string, count: number, profile = 'azure-dps'): Promise<void> {
  await makeFleet(directory, count, { profile: loadProfile(profile) });
}

/** Bytes 0 to 67 of slot 8 of every chip, as its host reads them, by the serial number. */
export async function recordsIn(directory: string): Promise<Map<string, string>> {
  const { devices } = await listFleet(directory);
  const chips = await copyDevices(directory, { from: 0, to: devices.length });
  return new Map(chips.map(({ commonName, memory }) => [commonName, recordIn(memory)]));
}

/** As text; a NUL is a dot, which no name of a hub ends with. */
function recordIn(memory: Uint8Array): string {
  const driver = benchDriver(memory.slice(), rootRng('nothing is drawn to read a slot'));
  const blocks = [0, 1, 2].map((block) => driver.read('data', dataAddress(8, block), 32));
  return Buffer.concat(blocks).subarray(0, 68).toString('latin1').replaceAll('\0', '.');
}

/**
 * The record as ECC608-AzureDPS-Provision writes it since 426c98a: the serial number, 18 lower-case digits, in 20 bytes, then the
 * hub's host name in 48, both padded with NULs.
 */
export function record(serialNumber: string, hub: string = HUB): string {
  return serialNumber.padEnd(20, '.') + hub.padEnd(48, '.');
}

/** A device as the API of the cloud tells of it. */
interface KnownDevice {
  readonly deviceId: string;
  readonly connectionState: string;
}

/** The devices that a hub of a cloud with an API knows. */
export async function devicesAt({ api }: RunningCloud, hub: string = HUB): Promise<readonly KnownDevice[]> {
  if (api === undefined) throw new Error('the cloud has no API');
  const headers = { authorization: `Bearer ${api.token}` };
  const answer = await fetch(`http://127.0.0.1:${api.port}/hubs/${hub}/devices`, { headers });
  return (await answer.json()) as KnownDevice[];
}
