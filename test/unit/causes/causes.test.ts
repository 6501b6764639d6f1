import { expect, test } from 'vitest';
import { alertNumbers } from '../../../emulator/tls/index.ts';
import { handshakeStates, refusals } from '../../../emulator/tls/refusals.ts';
import {
  type CauseCode,
  causeOf,
  codeOf,
  codeOfAttempt,
  mayComeOfLateness,
  meansSlow,
  UNFINISHED,
} from '../../../src/causes/index.ts';
import { CAUSES } from '../../../src/causes/table.ts';

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
  expect(causeOf(codeOf({ step: 'tls', code })).words).toMatch(/^TLS: (?!.*EMU_E)./);
});

test('no two codes of the table have the same words', () => {
  const words = (Object.keys(CAUSES) as CauseCode[]).map((code) => causeOf(code).words);
  expect(new Set(words).size).toBe(words.length);
});

test('every code of TLS in the table is one that a connection can end with', () => {
  const known = new Set([...codes, 'TIMEOUT', 'UNFINISHED', 'CLOSE_NOTIFY']);
  const inTable = Object.keys(CAUSES).filter((code) => code.startsWith('tls.'));
  expect(inTable.filter((code) => !known.has(code.slice('tls.'.length)))).toEqual([]);
});

test.each([
  ['EMU_E_TLS_TRUNCATED', 'MQTT: closed by the broker before CONNACK', 'TLS: connection cut without close_notify'],
  [
    'CLOSE_NOTIFY',
    'MQTT: closed by the broker before CONNACK (close_notify)',
    'TLS: closed by the broker (close_notify)',
  ],
])('%s means something else before CONNACK than after it', (code, before, after) => {
  const failure = { step: 'tls', code } as const;
  expect([causeOf(codeOfAttempt(failure)).words, causeOf(codeOf(failure)).words]).toEqual([before, after]);
});

test('a connection that ends after CONNACK gets no advice on client CAs, which let it in', () => {
  for (const code of ['CLOSE_NOTIFY', 'EMU_E_TLS_TRUNCATED']) {
    expect(causeOf(codeOf({ step: 'tls', code })).advice).toBe('The broker hung up: its log says why.');
    expect(causeOf(codeOfAttempt({ step: 'tls', code })).advice).toMatch(/client CA/);
  }
});

test.each(Object.keys(alertNumbers))("the alert %s is named, and is the broker's side", (name) => {
  expect(causeOf(`tls.ALERT_${name}`)).toMatchObject({
    words: `TLS: the broker sent the fatal alert ${name}`,
    side: 'broker',
  });
});

test('a code that the table does not have is its own words', () => {
  expect(causeOf('tcp.EPROTO')).toEqual({ words: 'TCP: EPROTO', side: 'network' });
  expect(causeOf('chip.EMU_E_CHIP_WAKE')).toEqual({ words: 'secure element: EMU_E_CHIP_WAKE', side: 'device' });
  expect(causeOf('dps.EMPTY').words).toBe('provisioning: EMPTY');
  expect(causeOf('tls.ALERT_alert_200').words).toBe('TLS: the broker sent the fatal alert alert_200');
});

test('a number that a DPS chose is in the words', () => {
  expect(causeOf('dps.STATUS_418')).toEqual({ words: 'provisioning: status 418', side: 'broker' });
  expect(causeOf('dps.FAILED_400001').words).toBe('provisioning: failed with error code 400001');
  expect(causeOf('dps.CONNACK_9').words).toBe('provisioning: CONNACK 9');
});

/** Whether lost time alone makes it, the broker's or the load generator's: who refuses had the time for that. */
test.each<[CauseCode, boolean, boolean]>([
  ['tcp.TIMEOUT', true, true],
  [UNFINISHED.tls, true, true],
  ['mqtt.NO_PINGRESP', true, true],
  ['mqtt.WRITE_TIMEOUT', true, true],
  ['tls.CLOSE_NOTIFY', true, false],
  ['mqtt.EMU_E_TLS_TRUNCATED', true, false],
  ['tls.EMU_E_TLS_CLOSED_AT_FINISHED', true, false],
  ['tcp.ECONNREFUSED', false, false],
  ['tls.EMU_E_TLS_UNKNOWN_CA', false, false],
  ['tls.ALERT_unknown_ca', false, false],
  ['mqtt.CONNACK_5', false, false],
  ['tcp.EMFILE', false, false],
  [UNFINISHED.assigning, true, true],
  ['dps.STATUS_401', false, false],
])('%s may come of lateness: %s, and means no more than slow: %s', (code, lateness, slow) => {
  expect([mayComeOfLateness(code), meansSlow(code)]).toEqual([lateness, slow]);
});

/** What the advice on each has to name. */
test.each<[CauseCode, RegExp]>([
  ['tcp.ECONNREFUSED', /TLS listener/],
  ['tcp.ENOTFOUND', /--broker, and DNS/],
  ['tcp.EHOSTUNREACH', /route/],
  [UNFINISHED.tcp, /silent or too slow/],
  [UNFINISHED.tls, /silent or too slow/],
  [UNFINISHED.mqtt, /silent or too slow/],
  ['tls.TIMEOUT', /silent or too slow/],
  ['mqtt.CONNACK_TIMEOUT', /silent or too slow/],
  ['tls.EMU_E_TLS_BAD_RECORD', /port of a TLS listener/],
  ['tls.EMU_E_TLS_UNKNOWN_CA', /with --ca\./],
  ['tls.EMU_E_TLS_CA_SIGNATURE', /with --ca\./],
  ['tls.EMU_E_TLS_NAME_MISMATCH', /must name the host/],
  ['tls.EMU_E_TLS_PROTOCOL_VERSION', /TLS 1\.2/],
  ['tls.ALERT_protocol_version', /TLS 1\.2/],
  ['tls.ALERT_handshake_failure', /AES-128-GCM/],
  ['tls.ALERT_unknown_ca', /--ca-cert root; .* emu fleet export --for\.$/],
  ['tls.ALERT_certificate_unknown', /the fleet's root\?/],
  ['tls.EMU_E_TLS_CLOSED_AT_CHANGE_CIPHER_SPEC', /hung up on the device's certificate/],
  ['tls.EMU_E_TLS_CLOSED_AT_SERVER_HELLO', /the port of a TLS listener\?/],
  ['mqtt.EMU_E_TLS_TRUNCATED', /its log says why/],
  ['mqtt.NOT_A_CONNACK', /MQTT listener/],
  ['mqtt.CONNACK_5', /access rules/],
  ['dps.CONNACK_5', /proof of possession/],
  ['dps.STATUS_401', /id scope/],
  ['dps.FAILED_400208', /link a hub/],
  ['dps.DISABLED', /Enable the enrollment/],
  ['dps.MALFORMED', /Is this a DPS\?/],
  ['dps.NO_HUB', /Is this a DPS\?/],
  ['dps.HUB_NAME_TOO_LONG', /47 characters/],
  ['dps.RECORD_DIFFERS', /configuration of the chip/],
  [UNFINISHED.dps, /silent or too slow/],
  [UNFINISHED.assigning, /allocation/],
  [UNFINISHED.putOff, /lower --rate/],
])('%s', (code, advice) => {
  expect(causeOf(code).advice).toMatch(advice);
});

test.each<[CauseCode, string]>([
  ['tcp.EMFILE', 'generator'],
  ['tcp.EADDRNOTAVAIL', 'generator'],
  ['tcp.EADDRINUSE', 'generator'],
  ['tcp.ENOTFOUND', 'network'],
  ['tcp.ECONNREFUSED', 'broker'],
  ['tls.EMU_E_TLS_KEY_OPERATION', 'device'],
  ['dps.RECORD_DIFFERS', 'device'],
  ['dps.UNKNOWN_STATUS', 'broker'],
])('%s is on the side of the %s', (code, side) => {
  expect(causeOf(code).side).toBe(side);
});
