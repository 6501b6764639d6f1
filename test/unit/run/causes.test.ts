import { expect, test } from 'vitest';
import { alertError } from '../../../emulator/tls/failure.ts';
import { handshakeStates, refusals } from '../../../emulator/tls/refusals.ts';
import { causeOf, causeOfAttempt } from '../../../src/run/causes.ts';

/** In these states a handshake is not on its way. */
const OUTSIDE = ['idle', 'established', 'closed'];

const codes = new Set([
  ...Object.values(refusals).map(({ code }) => code),
  ...handshakeStates
    .filter((state) => !OUTSIDE.includes(state))
    .map((state) => `EMU_E_TLS_CLOSED_AT_${state.toUpperCase()}`),
  'EMU_E_TLS_TRUNCATED',
]);

test.each([...codes])('%s has a cause in words', (code) => {
  expect(causeOf({ step: 'tls', code, message: 'as seen' })).toMatch(/^TLS: (?!.*(EMU_E|as seen))./);
});

test('no two codes have the same cause', () => {
  const causes = [...codes].map((code) => causeOf({ step: 'tls', code, message: '' }));
  expect(new Set(causes).size).toBe(codes.size);
});

test.each([
  ['EMU_E_TLS_TRUNCATED', 'MQTT: closed by the broker before CONNACK', 'TLS: connection cut without close_notify'],
  [
    'CLOSE_NOTIFY',
    'MQTT: closed by the broker before CONNACK (close_notify)',
    'TLS: closed by the broker (close_notify)',
  ],
])('%s is told by whether there was a CONNACK', (code, before, after) => {
  const failure = { step: 'tls', code, message: 'as seen' } as const;
  expect([causeOfAttempt(failure), causeOf(failure)]).toEqual([before, after]);
});

test("an alert's cause says broker, as every other, where TLS says server", () => {
  const { code, message } = alertError(48, 'server_hello');
  const cause = causeOf({ step: 'tls', code, message });
  expect(cause).toBe(
    "TLS: the broker sent the fatal alert unknown_ca (48) while the device waited for the broker's ServerHello",
  );
});

test('a code that nobody put into words is told as it is', () => {
  expect(causeOf({ step: 'tcp', code: 'EPROTO', message: 'read EPROTO' })).toBe('TCP: EPROTO');
});
