import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('the benchmark of boards runs at a small size and says what it measured', () => {
  const directory = mkdtempSync(join(tmpdir(), 'board-bench-'));
  const out = join(directory, 'result.json');
  try {
    const node = (...command: string[]) => execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
    const printed = node('build/test/bench/board.js', '--transactions', '400', '--rounds', '1', '--out', out);
    expect(printed.match(/^\| one connection, .* \| [\d,]+ \| [\d,]+ \| \d+\.\d\d \|$/gm)).toHaveLength(2);
    const { results } = JSON.parse(readFileSync(out, 'utf8'));
    expect(results).toHaveLength(6);
    for (const { rates } of results) expect(rates.every((rate: number) => rate > 0)).toBe(true);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
