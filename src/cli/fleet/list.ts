import { formatDevices } from '../../base/index.ts';
import { listFleet } from '../../store/index.ts';
import { type Arguments, positional } from '../command/index.ts';
import { EXIT } from '../errors/index.ts';
import type { Io } from '../io/index.ts';

/** `emu fleet list`. Resolves to the exit code. */
export async function fleetList(args: Arguments, { stdout }: Io): Promise<number> {
  const directory = positional(args, 'dir', 'Name the directory of a fleet: emu fleet list DIR');
  const { file, runs, devices } = await listFleet(directory);
  const { id, created, profile, seed } = file;
  const { first, count } = file.devices;
  if (args.json === true) {
    const fleet = { id, created, profile: profile.name, seed: seed ?? null, first, count, made: devices.length, runs };
    stdout.write(`${JSON.stringify({ schema: 'emu-fleet-list/1', fleet, devices }, null, 2)}\n`);
    return EXIT.ok;
  }
  const lines = [
    `${formatDevices(count)} of ${profile.name}, created ${created}, run ${runs === 1 ? 'once' : `${runs} times`}`,
    ...(devices.length < count
      ? [`${devices.length} of them ${devices.length === 1 ? 'is' : 'are'} provisioned: continue with emu fleet create`]
      : []),
    ...(seed === undefined ? [] : ['the keys come from a seed: for tests only']),
    '',
    'device  serial number       client id',
    ...devices.map(
      ({ device, serialNumber, clientId }) => `${String(device).padStart(6)}  ${serialNumber}  ${clientId}`,
    ),
  ];
  stdout.write(`${lines.join('\n')}\n`);
  return EXIT.ok;
}
