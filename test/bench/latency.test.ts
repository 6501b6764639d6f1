import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { requireProgram } from '../support/interop.ts';
import { RecordTimes } from './latency/record-times.ts';

const root = join(import.meta.dirname, '../..');
const mosquitto = requireProgram('mosquitto', ['-h']);

test('records are found however the bytes are cut', () => {
  const bytes = Buffer.from('1603030002aabb' + '1403030001cc' + '1703030003ddeeff', 'hex');
  for (let size = 1; size <= bytes.length; size++) {
    const types: number[] = [];
    const records = new RecordTimes((type) => types.push(type));
    for (let at = 0; at < bytes.length; at += size) records.add(bytes.subarray(at, at + size));
    expect(types).toEqual([22, 20, 23]);
  }
});

test.skipIf(mosquitto === undefined)(
  'the benchmark of latencies runs at a small size: emu and proxy saw the same',
  () => {
    const directory = mkdtempSync(join(tmpdir(), 'latency-test-'));
    const out = join(directory, 'result.json');
    try {
      execFileSync(process.execPath, ['build/test/bench/latency/latency.js', '--count', '30', '--out', out], {
        cwd: root,
      });
      const { runs } = JSON.parse(readFileSync(out, 'utf8'));
      expect(runs).toHaveLength(3);
      for (const { connected, tls, connack } of runs) {
        expect(connected).toBeGreaterThan(0);
        for (const { emu, proxy } of [tls, connack]) expect(emu.count).toBe(proxy.count);
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
);
