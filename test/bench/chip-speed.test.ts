import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { OPCODE } from '../../emulator/atecc608/index.ts';

const root = join(import.meta.dirname, '../..');

test('the benchmark of the chip runs at a small size and measures every command', () => {
  const directory = mkdtempSync(join(tmpdir(), 'chip-speed-test-'));
  const out = join(directory, 'result.json');
  try {
    const line = ['--expose-gc', 'build/test/bench/chip-speed.js', '--ms', '1', '--rounds', '9', '--chips', '5000'];
    const printed = execFileSync(process.execPath, [...line, '--out', out], { cwd: root, encoding: 'utf8' });
    expect(printed).toMatch(/^slowest without P-256: \w+ .+, \d+ a second$/m);
    const { commands, memory } = JSON.parse(readFileSync(out, 'utf8')) as {
      commands: { command: string; curve: boolean; perSecond: number }[];
      memory: { state: string; bytes: number }[];
    };
    expect(new Set(commands.map(({ command }) => command))).toEqual(new Set(Object.keys(OPCODE)));
    // Orders of magnitude only: the machine has other things to do.
    const cheapest = commands.filter(({ command }) => command === 'Info').map(({ perSecond }) => perSecond);
    for (const perSecond of cheapest) expect(perSecond).toBeGreaterThan(10_000);
    const [fresh, inUse] = memory;
    for (const { bytes } of memory) expect(bytes).toBeGreaterThan(1400);
    expect(fresh?.bytes).toBeLessThan(3072);
    expect(inUse?.bytes).toBeLessThan(3072);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
