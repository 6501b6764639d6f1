/**
 * `node chip-properties.js [--commands N] [--times N] [--seed N] [--out FILE]`
 *
 * Random sessions with the chip, N commands for each crypto back end, every property of `test/support/atecc608-audit.ts`
 * checked all along. Ends with 1 where one breaks, where the back ends differ, where a mode has succeeded less than
 * `--times` times, or where a refusal of a mode has never been seen (0: neither is asked).
 */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { type Row, Tally } from '../support/atecc608-tally.ts';
import { writeResult } from './result.ts';

interface Shard {
  readonly crypto: 'noble' | 'node';
  readonly seed: number;
}

interface ShardResult {
  readonly commands: number;
  readonly sessions: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly digest: string;
  readonly tally: Record<string, Row>;
}

const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: '1000000' },
    times: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string' },
  },
});
const [commands, times, seed] = [Number(values.commands), Number(values.times), Number(values.seed)];

/** So many for each back end, each with sessions of its own. */
const SHARDS = Math.min(8, Math.ceil(commands / 10_000));
const APART = 1_000_000;
const PROGRESS_MS = 15_000;

const shards: Shard[] = Array.from({ length: SHARDS }, (_, index) => index).flatMap((index) => [
  { crypto: 'noble', seed: seed + APART * index },
  { crypto: 'node', seed: seed + APART * index },
]);
const done = new Map<Shard, number>();
const results = new Map<Shard, ShardResult>();

async function play(shard: Shard): Promise<void> {
  const share = Math.ceil(commands / SHARDS);
  const options = ['--crypto', shard.crypto, '--seed', String(shard.seed), '--commands', String(share)];
  const child = spawn(process.execPath, [join(import.meta.dirname, 'chip-shard.js'), ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const told = JSON.parse(line) as ShardResult;
    done.set(shard, told.commands);
    if (told.digest !== undefined) results.set(shard, told);
  }
}

async function worker(queue: Shard[]): Promise<void> {
  for (let shard = queue.shift(); shard !== undefined; shard = queue.shift()) await play(shard);
}

function total(crypto: Shard['crypto'], what: 'commands' | 'sessions' | 'seconds' | 'cpuSeconds'): number {
  return [...results].reduce((sum, [shard, result]) => sum + (shard.crypto === crypto ? result[what] : 0), 0);
}

console.log(`seed ${seed}: ${commands} commands for each back end`);
const progress = setInterval(() => {
  console.log(`${[...done.values()].reduce((sum, count) => sum + count, 0)} of ${2 * commands} commands`);
}, PROGRESS_MS);
const began = performance.now();
const queue = [...shards];
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, () => worker(queue)));
clearInterval(progress);
const wallSeconds = (performance.now() - began) / 1000;

const tallies = { node: new Tally(), noble: new Tally() };
const problems: string[] = [];
for (const shard of shards) {
  const result = results.get(shard);
  if (result === undefined) problems.push(`seed ${shard.seed} with ${shard.crypto} has failed`);
  else tallies[shard.crypto].add(result.tally);
}
const digests = Array.from({ length: SHARDS }, (_, index) => {
  const [noble, node] = shards.slice(2 * index, 2 * index + 2).map((shard) => results.get(shard)?.digest);
  if (noble !== node) problems.push(`the back ends differ from seed ${seed + APART * index} on`);
  return { seed: seed + APART * index, digest: node };
});
if (times > 0) {
  for (const [crypto, tally] of Object.entries(tallies)) {
    problems.push(...[...tally.unreached(times), ...tally.unseen()].map((problem) => `${crypto}: ${problem}`));
  }
}

console.log(`${tallies.node}\n`);
const backEnds = (['node', 'noble'] as const).map((crypto) => ({
  crypto,
  commands: total(crypto, 'commands'),
  sessions: total(crypto, 'sessions'),
  seconds: total(crypto, 'seconds'),
  cpuSeconds: total(crypto, 'cpuSeconds'),
}));
for (const { crypto, commands, sessions, seconds, cpuSeconds } of backEnds) {
  console.log(
    `${crypto}: ${commands} commands in ${sessions} sessions, ${seconds.toFixed(0)} s, ${cpuSeconds.toFixed(0)} s of CPU`,
  );
}
console.log(problems.length === 0 ? 'every property held, and the back ends agree' : problems.join('\n'));

// The digests of all replies are the same for both back ends, and with them the table.
writeResult(values.out, { seed, times, wallSeconds, backEnds, digests, problems, modes: tallies.node });
process.exitCode = problems.length === 0 ? 0 : 1;
