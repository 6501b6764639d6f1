import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import type { Measurement } from './measure.ts';

/** The machine a result holds for; nothing that names it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly platform: string;
  readonly node: string;
  readonly mosquitto: string;
}

/** One line of the table, of both contenders, per device. */
interface Figure {
  readonly label: string;
  readonly unit: string;
  /** `alone` is the same contender's run with a single device. */
  of(run: Measurement, alone: Measurement): number;
}

const figures: readonly Figure[] = [
  { label: 'time to all connected', unit: 's', of: (run) => run.connectMs / 1000 },
  { label: 'client CPU while connecting, per device', unit: 'ms', of: (run) => run.connectCpuMs / run.count },
  {
    label: 'client CPU from process start, per device beyond the first',
    unit: 'ms',
    of: (run, alone) => (run.totalCpuMs - alone.totalCpuMs) / (run.count - 1),
  },
  {
    label: 'resident memory, per device beyond the first',
    unit: 'KiB',
    of: (run, alone) => (run.rssBytes - alone.rssBytes) / 1024 / (run.count - 1),
  },
];

export function machine(mosquitto: string): Machine {
  const { stdout, stderr } = spawnSync(mosquitto, ['-h'], { encoding: 'utf8' });
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    platform: process.platform,
    node: process.version,
    mosquitto: /mosquitto version (\S+)/.exec(`${stdout}${stderr}`)?.[1] ?? 'unknown',
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[sorted.length >> 1] ?? Number.NaN;
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** Medians with the extremes in brackets, and how many times less the second contender takes than the first. */
export function table(rounds: readonly (readonly Measurement[])[], contenders: readonly [string, string]): string {
  const rows = figures.map(({ label, unit, of }) => {
    const samples = contenders.map((name) => {
      const runs = rounds.map((round) => round.filter((run) => run.contender === name));
      const alone = runs.flatMap((round) => round.filter((run) => run.count === 1));
      const baseline = {
        totalCpuMs: median(alone.map((run) => run.totalCpuMs)),
        rssBytes: median(alone.map((run) => run.rssBytes)),
      };
      return runs
        .flatMap((round) => round.filter((run) => run.count > 1))
        .map((run) => of(run, { ...run, ...baseline, count: 1 }));
    });
    const cells = samples.map(
      (values) => `${text(median(values))} ${unit} (${text(Math.min(...values))} … ${text(Math.max(...values))})`,
    );
    const [ours = [], peers = []] = samples.toReversed();
    return [label, ...cells, `${text(median(peers) / median(ours))} : 1`];
  });
  return [['', ...contenders, 'ratio'], ['---', '---:', '---:', '---:'], ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function text(value: number): string {
  return value.toFixed(value < 10 ? 2 : 1);
}
