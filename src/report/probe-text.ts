import { MESSAGE_KINDS } from '../../emulator/device/index.ts';
import type { FilterReport, ProbeReport } from '../probe/index.ts';
import { formatCount, formatMs } from './format.ts';
import { table } from './table.ts';
import type { Paint } from './terminal.ts';

/** What a subscriber beside the fleet saw: what became of each publish, and how long it took. */
export function probeText({ filters, late_after_ms, disconnections }: ProbeReport, paint: Paint): string[][] {
  const counted = filters.flatMap((filter) => rowsOf(filter));
  const [titles = '', ...rows] = table([
    ['Delivery, by the probe', 'sent', 'delivered', 'lost', 'duplicated', 'late *', 'foreign'],
    ...counted.map(({ name, counts }) => [name, ...counts.map(formatCount)]),
  ]);
  const [latencyTitles = '', ...latencies] = table([
    ['End to end, ms', 'p50', 'p95', 'p99', 'max'],
    ...filters.map(({ filter, latency_ms: { p50, p95, p99, max } }) => [
      `  ${filter}`,
      ...[p50, p95, p99, max].map(formatMs),
    ]),
  ]);
  const own = `  the probe's own connection was lost ${formatCount(disconnections)} times; what was sent meanwhile counts as lost`;
  return [
    [
      paint('bold', titles),
      ...rows.map((row, i) => (counted[i]?.bad ? paint('red', row) : row)),
      paint('dim', `  * after more than ${formatMs(late_after_ms)} ms`),
      ...(disconnections > 0 ? [paint('yellow', own)] : []),
    ],
    [paint('bold', latencyTitles), ...latencies],
  ];
}

/** A filter, and the kinds of its messages where there are several. */
function rowsOf(report: FilterReport): { name: string; counts: number[]; bad: boolean }[] {
  const { filter, sent, delivered, lost, duplicated, late, foreign } = report;
  const kinds = MESSAGE_KINDS.filter((kind) => report[kind].sent > 0);
  return [
    { name: `  ${filter}`, counts: [sent, delivered, lost, duplicated, late, foreign], bad: lost + duplicated > 0 },
    ...(kinds.length > 1 ? kinds : []).map((kind) => {
      const { sent, delivered, lost } = report[kind];
      return { name: `    ${kind}`, counts: [sent, delivered, lost], bad: lost > 0 };
    }),
  ];
}
