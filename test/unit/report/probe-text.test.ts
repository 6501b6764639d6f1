import { expect, it } from 'vitest';
import { probeText } from '../../../src/report/probe-text.ts';

it('says what became of each publish, and how long it took', () => {
  const latency_ms = { count: 990, p50: 1.234, p95: 12.34, p99: 123.4, max: 1234 };
  const filter = { filter: '/topic/qos0/+', sent: 1000, delivered: 990, lost: 10, duplicated: 0, late: 3, foreign: 0 };
  const report = { late_after_ms: 1000, disconnections: 2, filters: [{ ...filter, latency_ms }] };
  const paint = (style: string, text: string) => (style === 'red' ? `!${text}` : text);
  expect(probeText(report, paint)).toEqual([
    [
      'Delivery, by the probe   sent  delivered  lost  duplicated  late *  foreign',
      '!  /topic/qos0/+         1,000        990    10           0       3        0',
      '  * after more than 1,000 ms',
      "  the probe's own connection was lost 2 times; what was sent meanwhile counts as lost",
    ],
    ['End to end, ms    p50   p95  p99    max', '  /topic/qos0/+  1.23  12.3  123  1,234'],
  ]);
});
