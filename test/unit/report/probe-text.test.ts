import { expect, it } from 'vitest';
import { probeText } from '../../../src/report/probe-text.ts';

const nothing = { sent: 0, delivered: 0, lost: 0 };

it('says what became of each publish, and how long it took', () => {
  const latency_ms = { count: 990, p50: 1.234, p95: 12.34, p99: 123.4, max: 1234 };
  const filter = { filter: '/topic/qos0/+', sent: 1000, delivered: 990, lost: 10, duplicated: 0, late: 3, foreign: 0 };
  const [telemetry, script] = [{ sent: 1000, delivered: 990, lost: 10 }, nothing];
  const report = { late_after_ms: 1000, disconnections: 2, filters: [{ ...filter, telemetry, script, latency_ms }] };
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

it('tells the kinds apart where a filter matches both', () => {
  const latency_ms = { count: 6, p50: 1, p95: 1, p99: 1, max: 1 };
  const rest = { duplicated: 0, late: 0, foreign: 0, latency_ms };
  const filters = [
    {
      ...{ filter: '#', sent: 7, delivered: 6, lost: 1, ...rest },
      ...{ telemetry: { sent: 5, delivered: 4, lost: 1 }, script: { sent: 2, delivered: 2, lost: 0 } },
    },
    { filter: 'none', ...nothing, ...rest, telemetry: nothing, script: nothing },
  ];
  const paint = (style: string, text: string) => (style === 'red' ? `!${text}` : text);
  const [delivery] = probeText({ late_after_ms: 1000, disconnections: 0, filters }, paint);
  expect(delivery).toEqual([
    'Delivery, by the probe  sent  delivered  lost  duplicated  late *  foreign',
    '!  #                        7          6     1           0       0        0',
    '!    telemetry              5          4     1',
    '    script                 2          2     0',
    '  none                     0          0     0           0       0        0',
    '  * after more than 1,000 ms',
  ]);
});
