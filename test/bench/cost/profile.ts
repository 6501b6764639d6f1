/**
 * `node profile.js CASE [--devices N] [--seconds S] [--top N] [--keep FILE]`
 *
 * Where `emu run` spends its time in one case of the benchmark: saturation, spaced, rest, qos0 or qos1. Self time by folder and
 * by function, as V8's profiler samples it, and without idle time. Connecting is seen from the start of the process to its
 * end, publishing during S seconds of it.
 */
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { requireProgram } from '../../support/interop.ts';
import { casesOf, PLAN } from './cases.ts';
import { withClient } from './client-run.ts';
import { type Contender, emuContenders } from './contenders.ts';
import { type CpuProfile, selfTimes } from './self-times.ts';
import { setStage } from './stage.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    devices: { type: 'string' },
    seconds: { type: 'string', default: '10' },
    top: { type: 'string', default: '50' },
    keep: { type: 'string' },
  },
});
const wanted = casesOf(PLAN).find(({ name }) => name === positionals[0]);
const load = wanted?.loads.at(-1);
const mosquitto = requireProgram('mosquitto', ['-h']);
if (wanted === undefined || load === undefined || mosquitto === undefined) process.exit(2);
const seconds = wanted.group === 'publishing' ? Number(values.seconds) : undefined;

const directory = mkdtempSync(join(tmpdir(), 'bench-profile-'));
const [emu] = emuContenders();
const profiled: Contender = {
  ...emu,
  command(...args) {
    const [node, ...rest] = emu.command(...args);
    return [node, '--cpu-prof', '--cpu-prof-interval', '500', `--cpu-prof-dir=${directory}`, ...rest];
  },
};
process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
const stage = await setStage(mosquitto, 0);
const count = Number(values.devices ?? load.count);
await withClient(stage, profiled, { ...load, count }, async (run) => {
  await run.connectAll();
  await run.during(delay(1000 * (PLAN.settleSeconds + (seconds ?? 0))));
  await run.end();
});
const [file = ''] = readdirSync(directory);
const profile: CpuProfile = JSON.parse(readFileSync(join(directory, file), 'utf8'));
const { busyMs, folders, functions } = selfTimes(profile, seconds);
const print = (times: ReadonlyMap<string, number>, top: number) => {
  for (const [name, ms] of [...times].sort(([, a], [, b]) => b - a).slice(0, top)) {
    console.log(`${ms.toFixed(0).padStart(7)} ms ${((100 * ms) / busyMs).toFixed(1).padStart(5)} %  ${name}`);
  }
};
console.log(`${wanted.name}, ${count} devices: ${busyMs.toFixed(0)} ms busy\n`);
print(folders, 25);
console.log();
print(functions, Number(values.top));
if (values.keep !== undefined) copyFileSync(join(directory, file), values.keep);
