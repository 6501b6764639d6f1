import { expect, test } from 'vitest';
import { ProcessReader } from '../../../src/broker-watch/process-reader.ts';

test('a sample has the process and the times of its machine', () => {
  const { cpuMs = 0, rssBytes = 0, machine } = new ProcessReader(process.pid).read() ?? {};
  expect(cpuMs).toBeGreaterThan(0);
  expect(rssBytes).toBeGreaterThan(1e6);
  expect(machine?.busyMs).toBeGreaterThan(cpuMs);
  expect(machine?.idleMs).toBeGreaterThan(0);
});
