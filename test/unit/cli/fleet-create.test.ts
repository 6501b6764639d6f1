import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listFleet } from '../../../src/store/index.ts';
import { startEmu } from '../../support/emu.ts';
import { emu } from '../../support/emu-in-process.ts';

const COUNT = 1500;

/** How many devices are kept by now. */
async function kept(directory: string): Promise<number> {
  return listFleet(directory).then(
    ({ devices }) => devices.length,
    () => 0, // the making has only begun
  );
}

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'emu-create-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('a slip on the line leaves no directory', async () => {
  const directory = join(scratch, 'none');
  const { code, stderr } = await emu('fleet', 'create', '--out', directory, '--validity', '99');
  expect(code).toBe(2);
  expect(stderr).toMatch(/^emu: --validity: /);
  expect(existsSync(directory)).toBe(false);
});

test('more devices than there are MAC addresses are refused, as for a run', async () => {
  const directory = join(scratch, 'many');
  const create = ['fleet', 'create', '--out', directory, '--count', '99999999999999999999'];
  const { code, stderr } = await emu(...create);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^emu: --count must be at most 16777216, not 99999999999999999999\n/);
  expect(existsSync(directory)).toBe(false);
});

test('another fleet than the one that is there is refused in a line', async () => {
  const directory = join(scratch, 'one');
  const create = ['fleet', 'create', '--count', '1', '--out', directory];
  expect((await emu(...create, '--seed', 'one')).stdout).toContain('note: the keys come from --seed');
  const refused = await emu(...create, '--seed', 'another');
  expect(refused).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('it has another seed') });
});

test('Ctrl-C ends the making with 105, keeps what is made, and the same command goes on', async () => {
  const directory = join(scratch, 'fleet');
  const create = ['fleet', 'create', '--out', directory, '--seed', 'interrupted', '--count', String(COUNT)];
  const { child, ended } = startEmu(create);
  while ((await kept(directory)) === 0) await setTimeout(20);
  child.kill('SIGINT');
  const { code, stdout, stderr } = await ended;
  expect({ code, stderr }).toEqual({ code: 105, stderr: '' });
  expect(stdout).toContain('interrupted: finishing the devices under way; interrupt again to stop at once\n');
  const made = Number(/: (\d+) of 1500 devices; the same command continues\n$/.exec(stdout)?.[1]);
  expect(made).toBeGreaterThan(0);
  expect(made).toBeLessThan(COUNT);
  const { devices } = await listFleet(directory);
  expect(devices).toHaveLength(made);

  const refused = await emu('run', '--fleet', directory);
  expect(refused).toMatchObject({ code: 104, stderr: expect.stringContaining(`has ${made} of its ${COUNT} devices`) });

  const second = await emu(...create);
  expect(second).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`${COUNT} devices, ${COUNT - made} of them provisioned in `),
  });
  const complete = (await listFleet(directory)).devices;
  expect(complete).toHaveLength(COUNT);
  expect(complete.slice(0, made)).toEqual(devices);
}, 60_000);
