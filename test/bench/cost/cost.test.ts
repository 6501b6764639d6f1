import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requireProgram } from '../../support/interop.ts';
import type { Run } from './cases.ts';

const root = join(import.meta.dirname, '../../..');
const SIZES = ['--devices', '4,12', '--publishers', '10', '--settle', '0.2', '--seconds', '1'];

test.skipIf(requireProgram('mosquitto', ['-h']) === undefined)(
  'the benchmark of costs runs at a small size and says what it measured',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'bench-test-'));
    const out = join(directory, 'result.json');
    try {
      const command = [join(root, 'build/test/bench/cost/cost.js'), '--rounds', '1', ...SIZES, '--out', out];
      const printed = execFileSync(process.execPath, command, { cwd: root, encoding: 'utf8' });
      expect(printed).toMatch(/^\| CPU per connection, saturated .* \| 0\.45 \|$/m);
      expect(printed).toMatch(/^\| CPU per message, QoS 1, µs \|.* \| 1\.00 \|$/m);
      expect(printed).toMatch(/^\| CPU of mosquitto per connection, ms \|/m);

      const { runs } = JSON.parse(readFileSync(out, 'utf8')) as { runs: Run[] };
      const of = (contender: string) => runs.filter((run) => run.contender === contender);
      for (const contender of ['MQTT.js', 'emu']) {
        expect(of(contender).map((run) => [run.case, run.count])).toEqual([
          ['saturation', 4],
          ['saturation', 12],
          ['spaced', 4],
          ['spaced', 12],
          ['rest', 10],
          ['qos0', 10],
          ['qos1', 10],
        ]);
      }
      for (const { connecting, count } of runs) {
        if (connecting === undefined) continue;
        // The script publishes on each of two SUBACKs; a twin may have telemetry to send as well.
        expect(connecting).toMatchObject({ connected: count });
        expect(connecting.sent).toBeGreaterThanOrEqual(2 * count);
        expect(connecting.cpuMs).toBeGreaterThan(0);
        expect(connecting.rssBytes).toBeGreaterThan(20e6);
      }
      for (const { steady, case: name } of runs) {
        if (steady !== undefined) expect(steady.messages > 0).toBe(name !== 'rest');
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
