import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requireProgram } from '../support/interop.ts';

const root = join(import.meta.dirname, '../..');

interface Run {
  readonly contender: string;
  readonly count: number;
  readonly connectCpuMs: number;
  readonly rssBytes: number;
  readonly own?: { readonly devices: { readonly connected: number } };
}

test.skipIf(requireProgram('mosquitto', ['-h']) === undefined)(
  'the benchmark runs at a small size and says what it measured',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'bench-test-'));
    const out = join(directory, 'result');
    try {
      const node = (...command: string[]) => execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
      const printed = node('build/test/bench/connections.js', '--count', '20', '--rounds', '1', '--out', out);
      expect(printed).toMatch(/^\| time to all connected \|( [\d.]+ s \([\d.]+ … [\d.]+\) \|){2} [\d.]+ : 1 \|$/m);
      const [runs] = (JSON.parse(readFileSync(`${out}.json`, 'utf8')) as { rounds: Run[][] }).rounds;
      expect(runs?.map(({ contender, count }) => [contender, count])).toEqual([
        ['MQTT.js over node:tls', 1],
        ['emu run', 1],
        ['MQTT.js over node:tls', 20],
        ['emu run', 20],
      ]);
      for (const run of runs ?? []) {
        expect(run.connectCpuMs).toBeGreaterThan(0);
        expect(run.rssBytes).toBeGreaterThan(20e6);
        if (run.contender === 'emu run') expect(run.own?.devices.connected).toBe(run.count);
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
