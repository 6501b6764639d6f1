import { spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

/** The machine a result holds for; nothing that names it. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly platform: string;
  readonly node: string;
  readonly mosquitto: string;
}

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
