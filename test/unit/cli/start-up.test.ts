import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { program } from '../../support/emu.ts';

const root = join(import.meta.dirname, '../../..');
const hook = join(import.meta.dirname, '../../support/log-loaded.mjs');

/** The modules that the built program loads. */
function loadedBy(...args: string[]): string[] {
  const { output } = spawnSync(process.execPath, ['--import', hook, program, ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  });
  return (output[3] ?? '').split('\n').filter((url) => url.startsWith('file:'));
}

// They take a third of a second to load, and help or a slip in the line needs none of it.
test.each([
  [['--help']],
  [['run', '--help']],
  [['run', '--count', '0']],
  [['run', '--segment', '0/2']],
  [['fleet', 'creat']],
])('emu %s loads no devices, and of the dependencies only the parser of the line', (args) => {
  const loaded = loadedBy(...args);
  expect(loaded.filter((url) => url.includes('/dist/src/cli/')).length).toBeGreaterThan(20);
  const dependencies = Object.keys(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).dependencies);
  const used = dependencies.filter((name) => loaded.some((url) => url.includes(`/node_modules/${name}/`)));
  expect(used).toEqual(['yargs']);
  const devices = loaded.filter((url) => url.includes('/dist/emulator/') && !url.endsWith('/dist/emulator/errors.js'));
  expect(devices).toEqual([]);
});

test.each([
  ['node', 0],
  ['noble', 1],
])('the portable back end is loaded only where it is asked for: --crypto %s', (crypto, times) => {
  const loaded = loadedBy('chip', 'exec', 'Info', '--crypto', crypto);
  expect(loaded.filter((url) => url.endsWith('/dist/emulator/crypto/noble.js'))).toHaveLength(times);
});
