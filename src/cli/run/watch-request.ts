import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { isFilter } from '../../base/index.ts';
import { ProcessWatch } from '../../broker-watch/index.ts';
import { textOf } from '../command/index.ts';
import { quoted, usageError } from '../errors/index.ts';
import { parseCount, parseDevice } from '../options/index.ts';
import type { RunArguments } from './run-options.ts';

/** What is looked at while a run goes on, and not needed for it. */
export interface WatchRequest {
  /** The device whose serial console is shown. */
  readonly console: number | undefined;
  /** The device whose buses and packets are written down. */
  readonly trace: number | undefined;
  /** The file that the wire is captured into. */
  readonly pcap: string | undefined;
  /** What the probe subscribes to. */
  readonly probe: readonly string[] | 'telemetry' | undefined;
  /** Of the broker's local process. */
  readonly brokerProcess: ProcessWatch | undefined;
  /** Whether what the broker says of itself under `$SYS` is read. */
  readonly brokerSys: boolean;
}

/** The files of `--trace` in the directory of `--out`. */
export function traceNames(device: number): { i2c: string; mqtt: string } {
  return { i2c: `device-${device}.i2c.txt`, mqtt: `device-${device}.mqtt.txt` };
}

/** @throws EmuError EMU_E_USAGE, EMU_E_USAGE_BROKER_PID */
export function watchRequest(args: RunArguments, count: number): WatchRequest {
  const device = (name: 'console' | 'trace') => {
    const text = textOf(args, name);
    return text === undefined ? undefined : parseDevice(`--${name}`, text, count);
  };
  const [trace, pcap, out] = [device('trace'), textOf(args, 'pcap'), textOf(args, 'out')];
  if (trace !== undefined && out === undefined) {
    throw usageError('--trace needs --out', 'Name a directory to write the transcripts into: --out traces.');
  }
  if (pcap !== undefined) requirePlace(pcap, out, trace);
  const broker = { brokerProcess: brokerProcess(args), brokerSys: brokerSys(args) };
  return { console: device('console'), trace, pcap, probe: filters(args.probe), ...broker };
}

function brokerProcess(args: RunArguments): ProcessWatch | undefined {
  const text = textOf(args, 'broker-pid');
  if (text === undefined) return undefined;
  if (args.broker !== undefined) return new ProcessWatch(parseCount('--broker-pid', text, 1234));
  throw usageError(
    '--broker-pid goes with --broker',
    'Add --broker mqtts://HOST, or leave it out: the embedded broker is watched anyway.',
  );
}

function brokerSys(args: RunArguments): boolean {
  if (args['broker-sys'] !== true) return false;
  if (args.broker !== undefined) return true;
  throw usageError('--broker-sys goes with --broker', 'The embedded broker publishes no figures of itself.');
}

/** The file of a capture has a directory, and no other output of the run has its name. */
function requirePlace(pcap: string, out: string | undefined, trace: number | undefined): void {
  const directory = dirname(resolve(pcap));
  if (out !== undefined && directory === resolve(out)) {
    const taken = ['summary.json', ...(trace === undefined ? [] : Object.values(traceNames(trace)))];
    if (!taken.includes(basename(pcap))) return;
    throw usageError(`--pcap: the run writes ${pcap} itself`, 'Name another file, such as run.pcapng.');
  }
  if (existsSync(directory)) return;
  throw usageError(
    `--pcap: cannot write ${pcap}: there is no directory ${dirname(pcap)}`,
    'Create it, or name another file.',
  );
}

/** `true` stands for an option without a value. @throws EmuError EMU_E_USAGE */
export function filters(given: unknown): WatchRequest['probe'] {
  if (given === undefined) return undefined;
  if (given === true) return 'telemetry';
  const texts = String(given).split(',');
  const wrong = texts.find((filter) => !isFilter(filter));
  if (wrong === undefined) return texts;
  throw usageError(
    `--probe: ${quoted(wrong)} is not an MQTT topic filter`,
    "+ stands for one level, # for the rest: --probe '/topic/+/state,/alarms/#'.",
  );
}
