import { expect, test } from 'vitest';
import { adviceFor } from '../../../src/report/advice.ts';

/** Causes as the fleet words them, and what the advice on each has to name. */
test.each([
  ['TCP: connection refused', /TLS listener/],
  ['TCP: host name not found (ENOTFOUND)', /--broker, and DNS/],
  ['TCP: connection not accepted by the end of the run', /silent or too slow/],
  ['TLS: timed out', /silent or too slow/],
  ['TLS: not TLS, or a malformed record', /port of a TLS listener/],
  ["TLS: the broker's certificate leads to no trusted CA", /with --ca\./],
  ["TLS: the broker's certificate names a trusted CA that did not sign it", /with --ca\./],
  ["TLS: the broker's certificate is for another name", /must name the host/],
  ['TLS: the broker sent the fatal alert protocol_version (70) while the device waited for ServerHello', /TLS 1\.2/],
  [
    'TLS: the broker sent the fatal alert handshake_failure (40) while the device waited for ServerHello',
    /AES-128-GCM/,
  ],
  [
    'TLS: the broker sent the fatal alert unknown_ca (48) while the device waited for Finished',
    /give it the --ca-cert root/,
  ],
  [
    'TLS: the broker sent the fatal alert certificate_unknown (46) while the device waited for Finished',
    /--ca-cert root\?/,
  ],
  [
    "TLS: closed by the broker after the device's Certificate, before ChangeCipherSpec",
    /hung up on the device's certificate/,
  ],
  ['TLS: closed by the broker before its ServerHello', /its log says why/],
  ['MQTT: closed by the broker before CONNACK', /its log says why/],
  ["MQTT: the broker's answer to CONNECT is no CONNACK", /MQTT listener/],
  ['MQTT: CONNACK 5 (not authorized)', /access rules/],
  ['MQTT: no CONNACK by the end of the run', /silent or too slow/],
])('%s', (cause, advice) => {
  expect(adviceFor(cause)).toMatch(advice);
});

test('what the broker cannot help gets no advice', () => {
  expect(adviceFor('secure element: EMU_E_CHIP_WAKE')).toBeUndefined();
});
