import { exportSegment } from '../../store/index.ts';
import { calledAs } from '../called-as.ts';
import { type Arguments, positional, textOf } from '../command/index.ts';
import { EXIT, usageError } from '../errors/index.ts';
import type { Io } from '../io/index.ts';
import { parseSegment } from '../options/index.ts';

/** What can be exported, one at a time. */
const WHAT = ['for', 'segment', 'certificates', 'prove-possession'] as const;
/** Options that only a broker's set-up has. */
const FOR_ALONE = ['hostname', 'port', 'json'] as const;

/** `emu fleet export`. Resolves to the exit code. */
export async function fleetExport(args: Arguments, io: Io): Promise<number> {
  const hint = 'Write it like: emu fleet export DIR --for mosquitto --hostname localhost';
  const directory = positional(args, 'dir', hint);
  const asked = WHAT.filter((name) => args[name] !== undefined);
  const [what] = asked;
  if (what === undefined) throw usageError(`say what to export: --${WHAT.join(', --')}`, hint);
  if (asked.length > 1) throw usageError(`--${asked.join(' and --')} are different exports`, 'Ask for one at a time.');
  const stray = FOR_ALONE.find((name) => what !== 'for' && args[name] !== undefined);
  if (stray !== undefined) throw usageError(`--${stray} goes with --for`, hint);
  switch (what) {
    case 'for':
      return (await import('./export-broker.ts')).exportForBroker(directory, args, io);
    case 'certificates':
      return (await import('./export-certificates.ts')).exportCertificates(directory, args, io);
    case 'prove-possession':
      return (await import('./export-certificates.ts')).provePossession(directory, args, io);
    case 'segment':
      return exportPart(directory, args, io);
  }
}

async function exportPart(directory: string, args: Arguments, { stdout, environment }: Io): Promise<number> {
  const hint = 'Write it like: emu fleet export DIR --segment 0/2 --out SHARD';
  const [segment, out] = [textOf(args, 'segment'), textOf(args, 'out')];
  if (segment === undefined) throw usageError('--segment is missing', hint);
  if (out === undefined) throw usageError('--out is missing', hint);
  const { devices } = await exportSegment(directory, parseSegment(segment), out);
  const { first, count } = devices;
  stdout.write(
    `${out}: devices ${first} to ${first + count - 1}; run them: ${calledAs(environment)} run --fleet ${out}\n`,
  );
  return EXIT.ok;
}
