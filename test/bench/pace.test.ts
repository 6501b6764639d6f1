import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('the benchmark of paces runs at a small size and says what it measured', () => {
  const directory = mkdtempSync(join(tmpdir(), 'pace-test-'));
  const out = join(directory, 'result.json');
  try {
    const node = (...command: string[]) => execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
    const printed = node('build/test/bench/pace.js', '--count', '3', '--rounds', '1', '--out', out);
    expect(printed).toMatch(/^hardware : fast = \d+\.\d\d$/m);
    const { runs } = JSON.parse(readFileSync(out, 'utf8'));
    expect(runs).toMatchObject([
      { pace: 'fast', connected: 3 },
      { pace: 'hardware', connected: 3 },
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
