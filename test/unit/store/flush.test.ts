import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test } from 'vitest';
import { requireProgram } from '../../support/interop.ts';
import { makeFleet } from '../../support/persistent-fleet.ts';
import { compileC } from '../../support/preload.ts';

const SUPPORT = join(import.meta.dirname, '../../support');
const COMMITS = 20;

const gcc = requireProgram('gcc', ['--version']);
const scratch = mkdtempSync(join(tmpdir(), 'emu-flush-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.skipIf(gcc === undefined)('no reply leaves a chip before the disk was told to keep its memory', async () => {
  const preload = join(scratch, 'flushes.so');
  compileC(gcc ?? '', join(SUPPORT, 'flushes.c'), preload, ['-shared', '-fPIC', '-ldl']);
  const fleet = join(scratch, 'fleet');
  // One chip: with more, the flush of another's commit could stand for its own.
  await makeFleet(fleet, 1);
  const child = spawn(process.execPath, [join(SUPPORT, 'fleet-child.mjs'), 'run', fleet], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LD_PRELOAD: preload },
  });
  const events: string[] = [];
  try {
    for await (const line of createInterface(child.stdout)) {
      const [event = ''] = line.split(' ');
      if (event !== 'begin' && events.length === 0) continue; // the claim, and the count of runs
      events.push(event);
      if (events.filter((each) => each === 'released').length === COMMITS) break;
    }
  } finally {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
  }
  const commits = events
    .join(' ')
    .split(/ ?released ?/)
    .slice(0, COMMITS);
  for (const commit of commits) expect(commit).toMatch(/^begin( flush)+ end$/);
});
