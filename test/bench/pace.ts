/**
 * `node pace.js [--count N] [--rate R] [--rounds K] [--out FILE]`
 *
 * What N connections cost the client in hardware pace, beside fast pace in turn: `emu run` against its embedded broker, whose
 * process is not counted, with no telemetry but the firmware's own.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, writeResult } from './result.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '1000' },
    rate: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '3' },
    out: { type: 'string' },
  },
});
const count = Number(values.count);
const rate = Number(values.rate);
const program = join(import.meta.dirname, '../../../dist/src/cli/emu.js');
/** From the last arrival to the end: a boot, a handshake and room. */
const AFTER_LAST_S = 4;

interface PaceRun {
  readonly pace: string;
  readonly connected: number;
  /** User and system time from the first arrival to the end, per device. */
  readonly cpuUsPerDevice: number;
}

function run(pace: string): PaceRun {
  const duration = `${Math.ceil(count / rate) + AFTER_LAST_S}s`;
  const line = ['run', '--quiet', '--json', '--count', `${count}`, '--rate', `${rate}`, '--duration', duration];
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...line, '--interval', '10m', '--pace', pace], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (stdout === '') throw new Error(`emu run --pace ${pace} said no summary\n${stderr}`);
  const { devices, cpu_us_per_device } = JSON.parse(stdout);
  return { pace, connected: devices.connected, cpuUsPerDevice: cpu_us_per_device };
}

const runs: PaceRun[] = [];
for (let round = 0; round < Number(values.rounds); round++) {
  for (const pace of ['fast', 'hardware']) runs.push(run(pace));
}
const costs = (pace: string) => runs.filter((one) => one.pace === pace).map(({ cpuUsPerDevice }) => cpuUsPerDevice);
const text = (us: number) => (us / 1000).toFixed(2);
console.log(`${count} devices arriving at ${rate} per second; medians of ${values.rounds} (least … most).\n`);
console.log('| pace | connected | CPU per connection |\n| --- | ---: | ---: |');
for (const pace of ['fast', 'hardware']) {
  const connected = runs.filter((one) => one.pace === pace).map((one) => one.connected);
  const [least, most] = [Math.min(...costs(pace)), Math.max(...costs(pace))];
  console.log(
    `| ${pace} | ${connected.join(', ')} | ${text(median(costs(pace)))} ms (${text(least)} … ${text(most)}) |`,
  );
}
console.log(`\nhardware : fast = ${(median(costs('hardware')) / median(costs('fast'))).toFixed(2)}`);
writeResult(values.out, { count, rate, runs });
