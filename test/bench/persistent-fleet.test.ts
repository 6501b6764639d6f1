import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('the benchmark of persistent fleets runs at a small size', () => {
  const node = (...command: string[]) => execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
  const printed = node('build/test/bench/persistent-fleet.js', '--count', '40');
  expect(printed).toMatch(/^40 devices, \d{4} bytes each on the disk; \d+ MiB resident$/m);
  expect(printed).toMatch(/^\| making, 1 processes \| [\d.]+ \| [\d.]+ \|$/m);
});
