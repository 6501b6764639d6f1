import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { emu } from '../support/emu-in-process.ts';
import { repetitions } from '../support/size.ts';

const DEVICES = repetitions(100, 3000);
/** What the run stands still, and a third of a core for the handshakes. */
const SECONDS = 6 + Math.ceil(DEVICES / 30);
const ROOT = join(import.meta.dirname, '../..');
const STOPPED_MS = 3000;
/** With one pace, the one in which chips take their time. */
const PACES = ['hardware', 'fast'].slice(0, repetitions(1, 10));

let directory: string;
let neighbours: ChildProcess[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'overload-'));
  const made = await emu('fleet', 'create', '--count', `${DEVICES}`, '--out', join(directory, 'fleet'));
  expect(made.code).toBe(0);
  neighbours = Array.from({ length: availableParallelism() }, () => spawn(process.execPath, ['-e', 'for (;;);']));
}, 120_000);

afterAll(async () => {
  await Promise.all(
    neighbours.map((child) => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      return ended;
    }),
  );
  rmSync(directory, { recursive: true });
});

test.each(PACES)(
  'all devices at once beside busy neighbours, a stopped process and slow commits: no chip and no sensor fails (%s)',
  { timeout: (SECONDS + 90) * 1000 },
  async (pace) => {
    const out = join(directory, pace);
    const run = spawn(process.execPath, [
      ...['--import', join(ROOT, 'test/support/slow-commit.mjs'), join(ROOT, 'dist/src/cli/emu.js')],
      ...['run', '--fleet', join(directory, 'fleet'), '--rate', `${DEVICES}`, '--duration', `${SECONDS}s`],
      ...['--interval', '1s', '--workers', '1', '--pace', pace, '--trace', '0', '--out', out, '--json'],
    ]);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      run[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text;
      });
    }
    const ended = once(run, 'close');
    onTestFinished(() => void run.kill('SIGKILL'));
    while (!output.stderr.includes('embedded broker: ')) await delay(20);
    await delay(2000);
    run.kill('SIGSTOP');
    await delay(STOPPED_MS);
    run.kill('SIGCONT');
    await ended;

    expect(output.stderr).toMatch(/a commit takes \d{4} ms/);
    const { devices, causes, disconnections, chip_commands } = JSON.parse(output.stdout);
    console.log(`${pace}: ${devices.connected} of ${devices.arrived} connected; ${JSON.stringify(causes)}`);
    // A busy machine may keep devices from a broker in time; never from their own chip, nor their sensor.
    const ofDevices = [...causes, ...disconnections].filter(({ side }) => side === 'device');
    expect(ofDevices).toEqual([]);
    expect(devices.arrived).toBe(DEVICES);
    expect(devices.connected).toBeGreaterThan(0);
    expect(chip_commands).toBeGreaterThanOrEqual(DEVICES * 8);
    const sensorLines = readFileSync(join(out, 'device-0.i2c.txt'), 'utf8')
      .split('\n')
      .filter((line) => line.startsWith('i2c0 '));
    expect(sensorLines.length).toBeGreaterThan(20);
    expect(sensorLines.filter((line) => line.includes('NACK'))).toEqual([]);
  },
);
