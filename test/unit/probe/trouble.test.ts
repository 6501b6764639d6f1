import { expect, test } from 'vitest';
import { troubleOf } from '../../../src/probe/trouble.ts';

/** Codes as Node 20 gives them. */
test.each([
  [
    'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
    'TLS: the broker sent the fatal alert unknown_ca',
    /does not know the fleet's root/,
  ],
  [
    'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
    'TLS: the broker sent the fatal alert certificate_required',
    /refused the device's certificate/,
  ],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', "TLS: the broker's certificate leads to no trusted CA", /--ca\.$/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', "TLS: the broker's certificate is for another name", /--broker/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'TLS: not TLS, or a malformed record', /port of a TLS listener/],
  [5, 'MQTT: CONNACK 5 (not authorized)', /access rules/],
])('%s is said as for a device: %s', (code, words, advice) => {
  expect(troubleOf(Object.assign(new Error('text of a library'), { code }), true)).toMatchObject({
    words,
    advice: expect.stringMatching(advice),
  });
});

test('without a TCP connection it is the system that speaks', () => {
  const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
  expect(troubleOf(refused, false).words).toBe('TCP: connection refused');
});

test('what devices never meet keeps its words', () => {
  expect(troubleOf(new Error('the broker refuses the subscription to #'), true)).toEqual({
    words: 'the broker refuses the subscription to #',
  });
});
