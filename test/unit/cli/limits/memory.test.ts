import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../../src/cli/errors/exit-codes.ts';
import { memoryWarning, thisMachine } from '../../../../src/cli/limits/memory.ts';
import { complaintOf } from '../../../support/complaint.ts';

const elsewhere = { host: 'broker.example.com', port: 8883 };

const plan = { count: 100_000, workers: 4, broker: elsewhere };
const GB = 1e9;

test('enough is nothing to speak of', () => {
  expect(memoryWarning(plan, { total: 8 * GB, available: 6 * GB })).toBeUndefined();
});

test('too little that is available is a warning, with what to do', () => {
  expect(memoryWarning(plan, { total: 8 * GB, available: 4 * GB })).toBe(
    'warning: 100000 devices need about 5.0 GiB of memory, and 3.7 GiB are available: run fewer devices, or segments of a persistent fleet on several machines (--segment)',
  );
});

test('what cannot fit is refused', async () => {
  const complaint = await complaintOf(() => memoryWarning(plan, { total: 3 * GB, available: 2 * GB }));
  expect(complaint.code).toBe('EMU_E_MEMORY');
  expect(complaint.message).toBe('100000 devices need about 5.0 GiB of memory, and there are 2.8 GiB in all');
  expect(exitCodeOf(complaint)).toBe(1);
});

test('the embedded broker needs more than the devices', () => {
  const memory = { total: 8 * GB, available: 6 * GB };
  expect(() => memoryWarning({ ...plan, broker: 'embedded' }, memory)).toThrow('about 11.9 GiB');
  const cloud = { idScope: '0ne1', hubs: ['a.test'] };
  expect(() => memoryWarning({ ...plan, broker: 'embedded', cloud }, memory)).toThrow('about 16.4 GiB');
});

test('of this machine it is known', () => {
  const { total, available } = thisMachine();
  expect(available).toBeGreaterThan(0);
  expect(total).toBeGreaterThan(0);
  expect(total).toBeLessThan(Number.POSITIVE_INFINITY);
});
