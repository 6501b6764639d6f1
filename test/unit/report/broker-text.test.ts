import { describe, expect, test } from 'vitest';
import type { CauseCode } from '../../../src/causes/index.ts';
import { adviceOn } from '../../../src/report/advice.ts';
import { brokerText } from '../../../src/report/broker-text.ts';
import { faultText } from '../../../src/report/fault-text.ts';

const paint = (style: string, text: string) => (style === 'yellow' || style === 'red' ? `!${text}` : text);
const seen = {
  ...{ pid: 4711, cpu_seconds: 18.64, cpu_share_mean: 0.62, cpu_share_max: 0.981, rss_bytes_max: 41 * 2 ** 20 },
  ...{ sockets_max: 1512, cpu_wait_share: 0.38, machine_busy_share: 0.9, starved: false, ended: false },
};
const figure = (first: number, last: number, max = last) => ({ first, last, max });

describe('the broker in the summary', () => {
  test('has what its process used and what it says of itself', () => {
    const sys = {
      clients_connected: figure(0, 500, 501),
      messages_received_per_minute: figure(1, 11_999.6),
      heap_bytes: figure(1e6, 4 * 2 ** 20),
      publishes_dropped: figure(7, 7),
    };
    expect(brokerText({ ...seen, sys }, paint)).toEqual([
      'Broker          process 4711: 62 % of a core on average, 98 % at most, 18.6 s CPU in all',
      '                41.0 MiB memory and 1,512 sockets at most',
      '                says of itself, at most: 501 clients, 12,000 messages received a minute, 4.0 MiB heap, 0 publishes dropped',
    ]);
  });

  test('was starved, and ended', () => {
    expect(brokerText({ ...seen, starved: true, ended: true }, paint).slice(2)).toEqual([
      '                !it waited for a CPU 38 % of the time: this machine has too few cores for both',
      '                !it ended, or could not be looked at any more, before the run did',
    ]);
  });

  test('said nothing of itself', () => {
    expect(brokerText({ sys: {} }, paint)).toEqual([
      'Broker          nothing came on its $SYS topics: mosquitto has them, where its access rules allow',
    ]);
  });
});

test.each([
  ['tls.TIMEOUT', /wait for a CPU of this machine/],
  ['tls.ALERT_unknown_ca', /--ca-cert root/],
] as const)('of a starved broker, advice on %s', (code, advice) => {
  expect(adviceOn(code, 3, 0, true)).toMatch(advice);
});

describe('the fault of a run whose broker was starved', () => {
  const group = (code: CauseCode, count: number) =>
    ({ cause: code, code, side: 'broker', count, example: '' }) as const;
  const report = (...failed_attempts: ReturnType<typeof group>[]) => ({
    ...{ failed_attempts, disconnections: [], causes: [] },
    broker: { ...seen, starved: true },
  });

  test("is not the broker's where it was only slow", () => {
    expect(faultText(report(group('tls.TIMEOUT', 9)))).toBe(
      'Fault    cannot be told: this machine had too few cores for the broker and the devices (9 failed attempts and lost connections)',
    );
  });

  test("is the broker's where it refused", () => {
    expect(faultText(report(group('tls.TIMEOUT', 9), group('mqtt.CONNACK_5', 2)))).toMatch(/^Fault {4}the broker \(2 /);
  });
});
