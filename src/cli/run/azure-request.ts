import { join } from 'node:path';
import { EmuError } from '../../../emulator/errors.ts';
import { firmwareOf, type Profile } from '../../../emulator/firmware/index.ts';
import { keptHubs } from '../../cloud/index.ts';
import type { CloudPlan } from '../../run/index.ts';
import { textOf } from '../command/index.ts';
import { usageError } from '../errors/index.ts';
import { HUB, parseHubs, parseIdScope } from '../options/index.ts';
import type { RunArguments } from './run-options.ts';

/** What of a profile is for Azure, with what the line says of it. */
export interface AzureRequest {
  readonly profile: Profile;
  /** The cloud that the run starts, where it starts one. */
  readonly cloud?: CloudPlan;
}

/** Where the options for Azure stand beside others. */
interface Beside {
  /** The run starts the cloud itself. */
  readonly embedded: boolean;
  /** Of a persistent fleet. */
  readonly directory: string | undefined;
}

/** Options that a run against Azure's services does not have, and why. */
const IMPOSSIBLE = {
  probe: '--probe has nothing to subscribe to: an IoT Hub delivers what devices publish to no MQTT client',
  'broker-sys': '--broker-sys has nothing to read: neither a DPS nor an IoT Hub has $SYS topics',
} as const;

/**
 * What `--id-scope` and `--hub` say of a firmware that registers at a DPS; of any other they are refused.
 * @throws EmuError EMU_E_USAGE, EMU_E_CLOUD_STATE, EMU_E_FLEET_…
 */
export async function azureRequest(
  args: RunArguments,
  profile: Profile,
  { embedded, directory }: Beside,
): Promise<AzureRequest> {
  const [idScope, hub] = [textOf(args, 'id-scope'), textOf(args, 'hub')];
  if (firmwareOf(profile).service(profile) !== 'azure' || !('dps' in profile)) {
    if (idScope !== undefined) throw forAzureOnly('--id-scope');
    if (hub !== undefined) throw forAzureOnly('--hub');
    return { profile };
  }
  requirePossible(args, embedded);
  const dps = idScope === undefined ? profile.dps : { ...profile.dps, idScope: parseIdScope(idScope) };
  const registering = { ...profile, dps };
  if (!embedded) return { profile: registering };
  const asked = hub === undefined ? [] : parseHubs(hub);
  const state = directory === undefined ? undefined : join(directory, 'cloud');
  const hubs = state === undefined ? asked : withKept(asked, await hubsIn(state));
  const cloud = { idScope: dps.idScope, hubs: hubs.length > 0 ? hubs : [HUB] };
  return { profile: registering, cloud: { ...cloud, ...(state !== undefined && { directory: state }) } };
}

function requirePossible(args: RunArguments, embedded: boolean): void {
  for (const name of ['probe', 'broker-sys'] as const) {
    if (args[name] === undefined) continue;
    throw usageError(IMPOSSIBLE[name], 'Leave it out: the hub acknowledges each message, and the summary counts them.');
  }
  if (args.hub === undefined || embedded) return;
  throw usageError(
    '--hub names hubs of the embedded cloud',
    'Leave it out: with --broker the DPS there names the hubs.',
  );
}

/** @throws EmuError EMU_E_FLEET_LOCKED while another run of the fleet, or a part of it, has the cloud */
async function hubsIn(state: string): Promise<readonly string[]> {
  try {
    return await keptHubs(state);
  } catch (error) {
    if (!(error instanceof EmuError) || error.code !== 'EMU_E_FLEET_LOCKED') throw error;
    throw new EmuError(error.code, error.message, {
      value: error.value,
      hint: 'Parts of a fleet do not share an embedded cloud: run it as a whole, or run the parts against one of emu cloud.',
      cause: error,
    });
  }
}

/** Devices of earlier runs have their hubs in their records, and ask for no other. */
function withKept(asked: readonly string[], kept: readonly string[]): readonly string[] {
  const named = new Set(asked.map((hub) => hub.toLowerCase()));
  return [...asked, ...kept.filter((hub) => !named.has(hub))];
}

function forAzureOnly(option: string): Error {
  return usageError(
    `${option} goes with a profile whose devices register at Azure's DPS`,
    'Add --profile azure-dps, or leave it out.',
  );
}
