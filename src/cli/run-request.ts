import type { Pace } from '../../emulator/i2c/index.ts';
import type { RunPlan } from '../fleet/index.ts';
import { formatDuration } from '../report/index.ts';
import { parseBroker } from './broker-url.ts';
import { parseDuration } from './duration.ts';
import { parseCount, parsePositive } from './numbers.ts';
import { DEFAULTS, type RunArguments } from './run-options.ts';
import { quoted, usageError } from './usage.ts';
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
 * @throws EmuError EMU_E_USAGE…, EMU_E_CA_…, EMU_E_PROFILE_…
 */
export async function runRequest(args: RunArguments): Promise<RunRequest> {
  const count = parseCount('--count', textOf(args, 'count') ?? DEFAULTS.count);
  const rate = parsePositive('--rate', textOf(args, 'rate') ?? DEFAULTS.rate);
  const durationMs = parseDuration('--duration', textOf(args, 'duration') ?? DEFAULTS.duration);
  const interval = textOf(args, 'interval');
  const intervalMs = interval === undefined ? undefined : parseDuration('--interval', interval);
  const pace = parsePace(textOf(args, 'pace') ?? DEFAULTS.pace);
  const seed = textOf(args, 'seed');
  const json = args.json === true;
  requireTimeToArrive(count, rate, durationMs);
  const out = textOf(args, 'out');
  const [console, trace, pcap] = [textOf(args, 'console'), textOf(args, 'trace'), textOf(args, 'pcap')];
  const watch = watchRequest({ console, trace, pcap, out }, count);

  const brokerUrl = textOf(args, 'broker');
  const broker = brokerUrl === undefined ? 'embedded' : parseBroker(brokerUrl);
  const ca = textOf(args, 'ca');
  if (ca !== undefined && broker === 'embedded') {
    throw usageError(
      '--ca goes with --broker',
      'The embedded broker is trusted already; add --broker mqtts://HOST or leave --ca out.',
    );
  }
  const profileName = textOf(args, 'profile') ?? DEFAULTS.profile;
  const rootFiles = pairOfRootFiles(textOf(args, 'ca-cert'), textOf(args, 'ca-key'));

  const { loadProfile } = await import('../profile/index.ts');
  const { MAX_DEVICES } = await import('../factory/index.ts');
  const { readAuthority, readTrust } = await import('./pem-files.ts');
  if (count > MAX_DEVICES) {
    throw usageError(
      `--count must be at most ${MAX_DEVICES}, not ${count}`,
      'A MAC address tells no more devices apart.',
    );
  }
  const trust = ca === undefined ? 'system' : readTrust(ca);
  const profile = loadProfile(profileName);
  const authority = rootFiles && readAuthority(rootFiles.certificate, rootFiles.key, profile);

  return {
    plan: {
      count,
      rate,
      durationMs,
      profile,
      profileName,
      broker,
      trust,
      pace,
      ...(intervalMs !== undefined && { intervalMs }),
      ...(seed !== undefined && { seed }),
      ...(authority && { authority }),
    },
    json,
    out,
    watch,
  };
}

/** The text after an option; undefined when the option is not there. */
function textOf(args: RunArguments, name: keyof RunArguments): string | undefined {
  const value = args[name];
  return value === undefined ? undefined : String(value);
}

function parsePace(text: string): Pace {
  if (text === 'fast' || text === 'hardware') return text;
  throw usageError(
    `--pace must be fast or hardware, not ${quoted(text)}`,
    'hardware waits what the chip, the bus and the driver wait.',
  );
}

function requireTimeToArrive(count: number, rate: number, durationMs: number): void {
  const arrivalMs = (count / rate) * 1000;
  if (arrivalMs <= durationMs) return;
  const rateNeeded = Math.ceil((count * 1000) / durationMs);
  throw usageError(
    `${count} devices at ${rate} per second take ${formatDuration(arrivalMs)} to arrive, longer than --duration ${formatDuration(durationMs)}`,
    `Use at least --rate ${rateNeeded} or --duration ${Math.ceil(arrivalMs / 1000)}s, or fewer devices.`,
  );
}

function pairOfRootFiles(certificate: string | undefined, key: string | undefined) {
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  if (certificate === undefined && key === undefined) return undefined;
  const [given, missing] = certificate === undefined ? ['--ca-key', '--ca-cert'] : ['--ca-cert', '--ca-key'];
  throw usageError(`${given} needs ${missing} too`, 'The fleet issues certificates under its root: it needs both.');
}
