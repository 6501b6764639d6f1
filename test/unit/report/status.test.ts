import { describe, expect, test } from 'vitest';
import { NOT_SENT_REASONS } from '../../../emulator/device/index.ts';
import type { RunSnapshot } from '../../../src/metrics/index.ts';
import { messageRate, statusLines } from '../../../src/report/status.ts';

const plain = (_style: string, text: string) => text;
const painted = (style: string, text: string) => `<${style}>${text}`;
const noReasons = Object.fromEntries(NOT_SENT_REASONS.map((reason) => [reason, 0])) as Record<
  (typeof NOT_SENT_REASONS)[number],
  number
>;
const noMessages = { due: 0, sent: 0, notSent: noReasons };
const QUIET = {
  ...{ planned: 100, connected: 7, connecting: 3, failed: 0, bootFailed: 0, gone: 0, lateMs: 0, measuredAt: 0 },
  messages: { telemetry: noMessages, script: noMessages },
  traffic: { sent: 0, received: 0 },
  provisioning: undefined,
} as unknown as RunSnapshot;
const LAST = { rate: { sent: 1234, received: 5 }, seconds: 2.4, connackP99: null, echoP99: null };

const first = (run: Partial<RunSnapshot>, paint = plain) =>
  statusLines(12_340, { ...QUIET, ...run }, LAST, [], paint)[0];

describe('the line of the devices', () => {
  test('has who is connected, who is not yet and who failed', () => {
    expect(first({})).toBe('  12.3s  connected   7  connecting   3  failed   0');
  });

  test.each([
    [{ failed: 1 }, '<red>failed   1'],
    [{ bootFailed: 1 }, '<red>boot failed   1'],
    [{ gone: 1 }, '<red>gone   1'],
    [{ lateMs: 1500 }, '<yellow>load generator late 1.5s'],
  ])('says %j', (run, words) => {
    expect(first(run, painted)).toContain(words);
    expect(first({}, painted)).not.toContain('<');
  });
});

test('the line of the interval has its latencies where there are any', () => {
  const line = (last: object) => statusLines(0, QUIET, { ...LAST, ...last }, [], plain)[1]?.trim();
  expect(line({})).toBe('last 2s: msg/s 1,234 out 5 in');
  expect(line({ connackP99: 12, echoP99: 3.25 })).toBe(
    'last 2s: msg/s 1,234 out 5 in, CONNACK p99 12.0 ms, echo p99 3.25 ms',
  );
});

describe('the line of a kind of message', () => {
  const line = (counts: object, deliveries: readonly { sent: number; delivered: number; lost: number }[] = []) => {
    const messages = { ...QUIET.messages, telemetry: { ...noMessages, ...counts } };
    const seen = deliveries.map((delivery) => ({ telemetry: delivery, script: { sent: 9, delivered: 9, lost: 0 } }));
    return statusLines(0, { ...QUIET, messages }, LAST, seen, plain)[2]?.trim();
  };

  test('is there once one was due', () => {
    expect(line({})).toBeUndefined();
    expect(line({ due: 1 })).toBe('telemetry: due 1, sent 0');
  });

  test('has what was not sent, by the reason that there is most of, and apart from it what was early', () => {
    const notSent = { ...noReasons, no_connection: 2, write_timeout: 5, before_first_connack: 40 };
    expect(line({ due: 50, sent: 3, notSent })).toBe(
      'telemetry: due 50, sent 3, not sent 7 (write timeout), before CONNACK 40',
    );
    expect(line({ due: 50, sent: 3, notSent: { ...noReasons, before_first_connack: 1 } })).toBe(
      'telemetry: due 50, sent 3, before CONNACK 1',
    );
  });

  test('has what a subscriber saw: of several the one with most, and of such the one that lost most', () => {
    const delivery = (sent: number, lost: number) => ({ sent, delivered: sent - lost, lost });
    expect(line({ due: 9, sent: 9 }, [delivery(0, 0)])).toBe('telemetry: due 9, sent 9');
    expect(line({ due: 9, sent: 9 }, [delivery(5, 5), delivery(9, 1), delivery(9, 2), delivery(9, 0)])).toBe(
      'telemetry: due 9, sent 9, delivered 7, lost 2',
    );
  });
});

test('the rate is per second, each way, and of no time that is none', () => {
  const at = (measuredAt: number, sent: number, received: number) =>
    ({ ...QUIET, measuredAt, traffic: { sent, received } }) as RunSnapshot;
  expect(messageRate(at(1000, 10, 20), at(3000, 30, 25))).toEqual({ sent: 10, received: 3 });
  expect(messageRate(at(1000, 10, 20), at(1000, 10, 20))).toEqual({ sent: 0, received: 0 });
});
