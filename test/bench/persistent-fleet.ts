/**
 * `node persistent-fleet.js [--count N] [--out FILE]`
 *
 * What a persistent fleet costs: making it on one core and on all, its bytes, listing it, and opening it for a run.
 */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listFleet, PersistentFleet } from '../../src/store/index.ts';
import { makeFleet } from '../support/persistent-fleet.ts';
import { writeResult } from './result.ts';

const { values } = parseArgs({ options: { count: { type: 'string', default: '10000' }, out: { type: 'string' } } });
const count = Number(values.count);
const directory = mkdtempSync(join(tmpdir(), 'bench-fleet-'));

const TICKS_PER_SECOND = 100;

/** CPU seconds of the children that have ended: cutime and cstime of proc(5), in ticks. Linux only. */
function cpuOfChildren(): number {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

/** Seconds by the wall and of CPU, this process and its children together. */
async function timed(work: () => Promise<unknown>): Promise<{ wall: number; cpu: number }> {
  const [began, before, childrenBefore] = [performance.now(), process.cpuUsage(), cpuOfChildren()];
  await work();
  const { user, system } = process.cpuUsage(before);
  const cpu = (user + system) / 1e6 + cpuOfChildren() - childrenBefore;
  return { wall: (performance.now() - began) / 1000, cpu };
}

try {
  const making = [];
  for (const workers of new Set([1, availableParallelism()])) {
    const made = await timed(() => makeFleet(join(directory, String(workers)), count, { workers }));
    making.push({ workers, ...made });
  }
  const fleet = join(directory, '1');
  const bytesPerDevice = statSync(join(fleet, 'chips.mdb')).size / count;
  const listing = await timed(() => listFleet(fleet));
  const opening = await timed(async () => (await PersistentFleet.open(fleet)).close());
  const rssMiB = process.memoryUsage.rss() / 2 ** 20;

  const seconds = ({ wall, cpu }: { wall: number; cpu: number }) => `| ${wall.toFixed(2)} | ${cpu.toFixed(2)} |`;
  console.log(
    `${count} devices, ${bytesPerDevice.toFixed(0)} bytes each on the disk; ${rssMiB.toFixed(0)} MiB resident\n`,
  );
  console.log('| | wall, s | CPU, s |\n| --- | ---: | ---: |');
  for (const made of making) console.log(`| making, ${made.workers} processes ${seconds(made)}`);
  console.log(`| listing ${seconds(listing)}\n| opening for a run ${seconds(opening)}`);
  writeResult(values.out, { count, making, bytesPerDevice, listing, opening, rssMiB });
} finally {
  rmSync(directory, { recursive: true, force: true });
}
