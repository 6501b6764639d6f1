import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('the random run of the chip works at a small size, and both back ends agree', () => {
  const bench = join(root, 'build/test/bench/chip-properties.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [bench, '--commands', '800', '--times', '0'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/^seed 1: 800 commands for each back end$/m);
  expect(stdout).toMatch(/^Read 00 +tried \d+, succeeded \d+, refused /m);
  for (const crypto of ['node', 'noble']) {
    expect(stdout).toMatch(new RegExp(`^${crypto}: \\d+ commands in \\d+ sessions, \\d+ s, \\d+ s of CPU$`, 'm'));
  }
  expect(stdout).toContain('every property held, and the back ends agree');
  expect(status).toBe(0);
});

test('it names what it has not reached', () => {
  const bench = join(root, 'build/test/bench/chip-properties.js');
  const { status, stdout } = spawnSync(process.execPath, [bench, '--commands', '8', '--times', '1'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(stdout).toMatch(/^node: SecureBoot C7 succeeded 0 of 0$/m);
  expect(stdout).toMatch(/^noble: Verify 07 never refused with 01 \(a wrong signature\)$/m);
  expect(status).toBe(1);
});
