import { expect, test } from 'vitest';
import { type CpuProfile, selfTimes } from './self-times.ts';

const frame = (id: number, functionName: string, url = '', lineNumber = -1) => ({
  id,
  callFrame: { functionName, url, lineNumber },
});

const SECOND = 1e6;
const profile: CpuProfile = {
  nodes: [
    frame(1, '(idle)'),
    frame(2, 'sign', `file://${process.cwd()}/dist/emulator/crypto/p256.js`, 9),
    frame(3, 'generate', `file://${process.cwd()}/node_modules/mqtt-packet/generate.js`, 4),
    frame(4, 'writeBuffer'),
  ],
  samples: [2, 1, 3, 4, 4],
  // The samples stand for 2, 3, 1 and 1 s; after the last there is nothing to stand for.
  timeDeltas: [SECOND, 2 * SECOND, 3 * SECOND, SECOND, SECOND],
};

test('self times are by folder, package and function, without idle time', () => {
  const { busyMs, folders, functions } = selfTimes(profile);
  expect(busyMs).toBe(4000);
  expect([...folders]).toEqual([
    ['emulator/crypto', 2000],
    ['mqtt-packet', 1000],
    ['(native)', 1000],
  ]);
  expect([...functions.keys()]).toEqual([
    'sign  dist/emulator/crypto/p256.js:10',
    'generate  node_modules/mqtt-packet/generate.js:5',
    'writeBuffer',
  ]);
});

test('the last seconds leave out the end of the process', () => {
  expect([...selfTimes(profile, 1).folders.keys()]).toEqual(['mqtt-packet', '(native)']);
});
