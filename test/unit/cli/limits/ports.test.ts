import { expect, test } from 'vitest';
import { portsIn, requirePorts } from '../../../../src/cli/limits/ports.ts';
import { complaintOf } from '../../../support/complaint.ts';

const elsewhere = { host: 'broker.example.com', port: 8883 };

test.each([
  ['32768\t60999\n', '\n', 28_232],
  ['32768\t60999\n', '40000,50000-50009\n', 28_221],
  ['32768\t60999\n', '80,1000-32768,60999-65535\n', 28_230],
])('of %j without %j are %i', (range, reserved, ports) => {
  expect(portsIn(range, reserved)).toBe(ports);
});

test.each([
  [
    { count: 30_000, broker: 'embedded' },
    '30000 devices need 30000 local ports at one address',
    '127.0.0.2-127.0.0.6.',
  ],
  [{ count: 2_000_000, broker: { host: '127.0.0.1', port: 1 } }, 'need 2000000 local ports', '127.0.0.2-127.0.1.29.'],
  [{ count: 30_000, broker: elsewhere }, '30000 local ports at one address, and there are 28232', '5 addresses'],
  [
    { count: 90_000, broker: elsewhere, sourceAddresses: ['10.0.0.2', '10.0.0.3', '10.0.0.4'] },
    '90000 devices need 30000 local ports at each of 3 addresses, and there are 28232',
    '13 addresses',
  ],
  [
    { count: 56_465, broker: elsewhere, sourceAddresses: ['10.0.0.2', '10.0.0.3'] },
    '56465 devices need 28233 local ports at each of 2 addresses',
    '9 addresses',
  ],
] as const)('%j are too many', async (plan, message, hint) => {
  const complaint = await complaintOf(() => requirePorts({ rate: 100, ...plan }, false, 28_232));
  expect(complaint).toMatchObject({ code: 'EMU_E_USAGE', message: expect.stringContaining(message) });
  expect(complaint.hint).toContain(hint);
});

test.each([
  [{ count: 28_232, broker: 'embedded' }],
  [{ count: 56_464, broker: elsewhere, sourceAddresses: ['10.0.0.2', '10.0.0.3'] }],
] as const)('%j are not', (plan) => {
  expect(() => requirePorts({ rate: 100, ...plan }, false, 28_232)).not.toThrow();
});

test('devices that register close connections on their way, which keep their ports for a minute', async () => {
  const embedded = (count: number, rate: number) => ({ count, rate, broker: 'embedded' as const });
  // 6,000 arrive in a minute and each closes one at the hub.
  expect(() => requirePorts(embedded(22_232, 100), true, 28_232)).not.toThrow();
  const complaint = await complaintOf(() => requirePorts(embedded(22_233, 100), true, 28_232));
  expect(complaint.message).toBe('22233 devices need 28233 local ports at one address, and there are 28232');
  expect(() => requirePorts(embedded(14_116, 1000), true, 28_232)).not.toThrow();
  expect(() => requirePorts(embedded(14_117, 1000), true, 28_232)).toThrow('need 28234 local ports');
  // With a given address it is the port of the address, whatever the destination.
  const given = { ...embedded(20_000, 100), sourceAddresses: ['127.0.0.2'] };
  expect(() => requirePorts(given, true, 28_232)).toThrow('need 32000 local ports at one address');
});
