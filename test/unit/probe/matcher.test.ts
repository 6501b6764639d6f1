import { describe, expect, it } from 'vitest';
import { DeliveryMatcher } from '../../../src/probe/matcher.ts';

const bytes = (text: string) => Buffer.from(text);

function counts(matcher: DeliveryMatcher) {
  const { sent, delivered, lost, duplicated, late, foreign } = matcher.finish('#');
  return { sent, delivered, lost, duplicated, late, foreign };
}

const NOTHING = { sent: 0, delivered: 0, lost: 0, duplicated: 0, late: 0, foreign: 0 };

describe('what was sent and what arrived', () => {
  it('pairs by topic and payload, whichever is told first', () => {
    const matcher = new DeliveryMatcher();
    matcher.sent('a', bytes('1'), 0, 'telemetry');
    matcher.received('a', bytes('2'), 12);
    matcher.received('a', bytes('1'), 30);
    expect(matcher.waits).toBe(false);
    matcher.sent('a', bytes('2'), 10, 'telemetry');
    const report = matcher.finish('a');
    expect(report).toMatchObject({ filter: 'a', sent: 2, delivered: 2, lost: 0, duplicated: 0, foreign: 0 });
    expect(report.latency_ms).toMatchObject({ count: 2, p50: 2, max: 30 });
  });

  it('counts what did not arrive as lost', () => {
    const matcher = new DeliveryMatcher();
    matcher.sent('a', bytes('1'), 0, 'telemetry');
    matcher.sent('b', bytes('1'), 0, 'telemetry');
    matcher.received('b', bytes('1'), 1);
    expect(matcher.waits).toBe(true);
    expect(counts(matcher)).toEqual({ ...NOTHING, sent: 2, delivered: 1, lost: 1 });
  });

  it('keeps the kinds apart', () => {
    const matcher = new DeliveryMatcher();
    matcher.sent('a', bytes('1'), 0, 'telemetry');
    matcher.sent('a', bytes('2'), 0, 'telemetry');
    matcher.sent('a', bytes('3'), 0, 'script');
    matcher.received('a', bytes('1'), 1);
    const known = { telemetry: { sent: 2, delivered: 1, lost: 0 }, script: { sent: 1, delivered: 0, lost: 0 } };
    expect(matcher.deliveries).toEqual(known);
    matcher.received('a', bytes('3'), 1);
    expect(matcher.finish('a')).toMatchObject({
      ...{ sent: 3, delivered: 2, lost: 1 },
      telemetry: { sent: 2, delivered: 1, lost: 1 },
      script: { sent: 1, delivered: 1, lost: 0 },
    });
  });

  it('waits 15 s for the word of a device whose message has arrived: its process may have stood still', () => {
    const matcher = new DeliveryMatcher();
    matcher.received('a', bytes('1'), 2);
    matcher.tidy(15_002);
    matcher.sent('a', bytes('1'), 0, 'telemetry');
    expect(counts(matcher)).toEqual({ ...NOTHING, sent: 1, delivered: 1 });
  });

  it('counts arrivals beyond the first as duplicated, and those of others as foreign', () => {
    const matcher = new DeliveryMatcher();
    matcher.sent('a', bytes('1'), 0, 'telemetry');
    matcher.received('a', bytes('1'), 1);
    matcher.received('a', bytes('1'), 2);
    matcher.received('a', bytes('not ours'), 3);
    expect(counts(matcher)).toEqual({ ...NOTHING, sent: 1, delivered: 1, duplicated: 1, foreign: 1 });
  });

  it('never takes a duplicate for the delivery of an equal message that was sent later', () => {
    const matcher = new DeliveryMatcher();
    matcher.sent('a', bytes('data'), 0, 'telemetry');
    matcher.received('a', bytes('data'), 1);
    matcher.received('a', bytes('data'), 2);
    matcher.sent('a', bytes('data'), 5, 'telemetry');
    expect(counts(matcher)).toEqual({ ...NOTHING, sent: 2, delivered: 1, duplicated: 1, lost: 1 });
  });

  it('pairs equals first in, first out', () => {
    const matcher = new DeliveryMatcher();
    for (const at of [0, 10]) matcher.sent('a', bytes('data'), at, 'telemetry');
    for (const at of [100, 111]) matcher.received('a', bytes('data'), at);
    const { count, p50, max } = matcher.finish('a').latency_ms;
    expect([count, max]).toEqual([2, 101]);
    // Three significant digits.
    expect(p50).toBeCloseTo(100, 0);
  });

  it('counts as late what took longer than a second, and delivered too', () => {
    const matcher = new DeliveryMatcher();
    matcher.sent('a', bytes('1'), 0, 'telemetry');
    matcher.sent('a', bytes('2'), 0, 'telemetry');
    matcher.received('a', bytes('1'), 1000);
    matcher.received('a', bytes('2'), 1001);
    expect(counts(matcher)).toEqual({ ...NOTHING, sent: 2, delivered: 2, late: 1 });
  });

  it('gives up after a minute, and then remembers nothing', () => {
    const matcher = new DeliveryMatcher();
    matcher.sent('a', bytes('1'), 0, 'telemetry');
    matcher.received('a', bytes('2'), 0);
    matcher.tidy(60_001);
    expect(matcher.waits).toBe(false);
    matcher.tidy(60_002);
    matcher.received('a', bytes('1'), 60_003);
    expect(counts(matcher)).toEqual({ ...NOTHING, sent: 1, lost: 1, foreign: 2 });
  });
});
