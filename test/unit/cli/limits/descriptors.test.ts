import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../../src/cli/errors/exit-codes.ts';
import { requireDescriptors } from '../../../../src/cli/limits/descriptors.ts';
import { complaintOf } from '../../../support/complaint.ts';

const elsewhere = { host: 'broker.example.com', port: 8883 };

test('too few for the devices of a worker are refused', async () => {
  const complaint = await complaintOf(() => requireDescriptors({ count: 3000, workers: 3, broker: elsewhere }, 1024));
  expect(complaint.code).toBe('EMU_E_DESCRIPTORS');
  expect(complaint.message).toBe('1000 devices need 1064 file descriptors, and 1024 are allowed');
  expect(complaint.hint).toMatch(/run at most 960 devices in each of --workers\.$/);
  expect(exitCodeOf(complaint)).toBe(1);
  expect(() => requireDescriptors({ count: 2880, workers: 3, broker: elsewhere }, 1024)).not.toThrow();
});

test('of one device it is said as of one', async () => {
  const complaint = await complaintOf(() => requireDescriptors({ count: 1, workers: 1, broker: elsewhere }, 64));
  expect(complaint.message).toBe('1 device needs 65 file descriptors, and 64 are allowed');
  expect(complaint.hint).toMatch(/or run at most 0 devices in each of --workers\.$/);
});

test('the embedded broker needs one for every device, whatever worker has it', async () => {
  const complaint = await complaintOf(() => requireDescriptors({ count: 3000, workers: 4, broker: 'embedded' }, 1024));
  expect(complaint.message).toBe('3000 devices need 3064 file descriptors, and 1024 are allowed');
  expect(complaint.hint).toMatch(/at most 960 devices, which the embedded broker has in one process\.$/);
  const cloud = { idScope: '0ne1', hubs: ['a.test'] };
  const ofCloud = await complaintOf(() =>
    requireDescriptors({ count: 3000, workers: 4, broker: 'embedded', cloud }, 1024),
  );
  expect(ofCloud.hint).toMatch(/which the embedded cloud has in one process\.$/);
});
