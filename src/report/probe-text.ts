import type { ProbeReport } from '../probe/index.ts';
import { formatCount, formatMs } from './format.ts';
import { table } from './table.ts';
import type { Paint } from './terminal.ts';

/** What a subscriber beside the fleet saw: what became of each publish, and how long it took. */
export function probeText({ filters, late_after_ms, disconnections }: ProbeReport, paint: Paint): string[][] {
  const [titles = '', ...rows] = table([
    ['Delivery, by the probe', 'sent', 'delivered', 'lost', 'duplicated', 'late *', 'foreign'],
    ...filters.map(({ filter, sent, delivered, lost, duplicated, late, foreign }) => [
      `  ${filter}`,
      ...[sent, delivered, lost, duplicated, late, foreign].map(formatCount),
    ]),
  ]);
  const [latencyTitles = '', ...latencies] = table([
    ['End to end, ms', 'p50', 'p95', 'p99', 'max'],
    ...filters.map(({ filter, latency_ms: { p50, p95, p99, max } }) => [
      `  ${filter}`,
      ...[p50, p95, p99, max].map(formatMs),
    ]),
  ]);
  const coloured = rows.map((row, i) => {
    const { lost = 0, duplicated = 0 } = filters[i] ?? {};
    return lost + duplicated > 0 ? paint('red', row) : row;
  });
  const own = `  the probe's own connection was lost ${formatCount(disconnections)} times; what was sent meanwhile counts as lost`;
  return [
    [
      paint('bold', titles),
      ...coloured,
      paint('dim', `  * after more than ${formatMs(late_after_ms)} ms`),
      ...(disconnections > 0 ? [paint('yellow', own)] : []),
    ],
    [paint('bold', latencyTitles), ...latencies],
  ];
}
