import { formatDevices, formatDuration, resolveBy } from '../../base/index.ts';
import type { RunPlan } from '../../run/index.ts';
import { pairOfRootFiles, textOf } from '../command/index.ts';
import { usageError } from '../errors/index.ts';
import {
  parseBroker,
  parseCrypto,
  parseDevices,
  parseDuration,
  parsePace,
  parsePositive,
  parseResolutions,
  parseSourceAddresses,
  parseWorkers,
  withOrganization,
  yearsOf,
} from '../options/index.ts';
import type { PersistentRun } from './persistent-run.ts';
import { DEFAULT_DURATIONS, DEFAULTS, type RunArguments } from './run-options.ts';
import { type WatchRequest, watchRequest } from './watch-request.ts';

/** What `emu run` was asked for, every value checked. */
export interface RunRequest {
  readonly plan: RunPlan;
  readonly json: boolean;
  readonly out: string | undefined;
  readonly watch: WatchRequest;
}

/**
 * Reads the line first and the files that it names after it: what reads them takes longer to load than a slip should.
 * @throws EmuError EMU_E_USAGE…, EMU_E_CA_…, EMU_E_PROFILE_…, EMU_E_FLEET_…
 */
export async function runRequest(args: RunArguments): Promise<RunRequest> {
  const persistent = await persistentRunOf(args);
  const count = persistent?.count ?? parseDevices(textOf(args, 'count') ?? DEFAULTS.count);
  const rate = parsePositive('--rate', textOf(args, 'rate') ?? DEFAULTS.rate);
  const duration = textOf(args, 'duration');
  if (duration !== undefined) requireTimeToArrive(count, rate, parseDuration('--duration', duration));
  const interval = textOf(args, 'interval');
  const intervalMs = interval === undefined ? undefined : parseDuration('--interval', interval);
  const workers = parseWorkers(textOf(args, 'workers') ?? 'auto', count);
  const pace = parsePace(textOf(args, 'pace') ?? DEFAULTS.pace);
  const crypto = parseCrypto(textOf(args, 'crypto'));
  const seed = persistent?.file.seed ?? textOf(args, 'seed');
  const json = args.json === true;
  const out = textOf(args, 'out');
  const watch = watchRequest(args, count);

  const brokerUrl = textOf(args, 'broker');
  const broker = brokerUrl === undefined ? 'embedded' : parseBroker(brokerUrl);
  const resolve = textOf(args, 'resolve');
  const resolutions = resolve === undefined ? undefined : parseResolutions(resolve);
  const reached = broker === 'embedded' ? broker : resolveBy(resolutions)(broker);
  const sources = textOf(args, 'source-addresses');
  const sourceAddresses = sources === undefined ? undefined : parseSourceAddresses(sources, reached);
  const ca = textOf(args, 'ca');
  if (ca !== undefined && broker === 'embedded') {
    throw usageError(
      '--ca goes with --broker',
      'The embedded broker is trusted already; add --broker mqtts://HOST or leave --ca out.',
    );
  }
  const profileName = persistent?.file.profile.name ?? textOf(args, 'profile') ?? DEFAULTS.profile;
  const rootFiles = pairOfRootFiles(args);

  const { loadProfile } = await import('../../profile/index.ts');
  const { readCa, readTrust, requireKnownRoot } = await import('../ca/index.ts');
  const trust = ca === undefined || ca === 'system' ? 'system' : readTrust(ca);
  const { azureRequest } = await import('./azure-request.ts');
  const { firmwareOf } = await import('../../../emulator/firmware/index.ts');
  const fleetProfile = persistent?.file.profile ?? withOrganization(loadProfile(profileName), args);
  const beside = { embedded: broker === 'embedded', directory: persistent?.directory };
  const { profile, cloud } = await azureRequest(args, fleetProfile, beside);
  const durationMs = parseDuration('--duration', duration ?? DEFAULT_DURATIONS[firmwareOf(profile).service(profile)]);
  requireTimeToArrive(count, rate, durationMs);
  const years = yearsOf(args);
  const ownCa = readCa(rootFiles, profile, years);
  if (ownCa && broker !== 'embedded') requireKnownRoot(ownCa);

  return {
    plan: {
      count,
      rate,
      durationMs,
      profile,
      profileName,
      broker,
      ...(cloud && { cloud }),
      trust,
      pace,
      crypto,
      workers,
      ...(intervalMs !== undefined && { intervalMs }),
      ...(seed !== undefined && { seed }),
      ...(ownCa && { ca: ownCa }),
      ...(resolutions && { resolutions }),
      ...(sourceAddresses && { sourceAddresses }),
      ...years,
      ...(persistent && { persistent: { directory: persistent.directory, segment: persistent.segment } }),
    },
    json,
    out,
    watch,
  };
}

async function persistentRunOf(args: RunArguments): Promise<PersistentRun | undefined> {
  const directory = textOf(args, 'fleet');
  if (directory !== undefined) return (await import('./persistent-run.ts')).persistentRun(args, directory);
  if (args.segment === undefined) return undefined;
  throw usageError('--segment goes with --fleet', 'Create a persistent fleet first: emu fleet create --help');
}

function requireTimeToArrive(count: number, rate: number, durationMs: number): void {
  const arrivalMs = (count / rate) * 1000;
  if (arrivalMs <= durationMs) return;
  const rateNeeded = Math.ceil((count * 1000) / durationMs);
  throw usageError(
    `${formatDevices(count)} at ${rate} per second would take ${formatDuration(arrivalMs)} to arrive, longer than --duration ${formatDuration(durationMs)}`,
    `Use at least --rate ${rateNeeded} or --duration ${Math.ceil(arrivalMs / 1000)}s, or fewer devices.`,
  );
}
