import type { GeneratorSummary } from '../metrics/index.ts';
import { counted, formatBytes, formatCount, formatMs } from './format.ts';
import { longestOf, periodsText } from './periods.ts';
import type { RunReport } from './run-report.ts';
import type { Paint } from './terminal.ts';

const INDENT = ' '.repeat(16);

/** What the load generator cost, and whether what it measured can be held against the broker. */
export function generatorText(report: RunReport, paint: Paint): string[] {
  const { workers, generator, chip_commands, devices } = report;
  const spread = workers.count > 1 ? `, in ${workers.count} workers and this process` : '';
  const cost = `${formatMs(report.cpu_us_per_device / 1000)} ms CPU and ${formatBytes(report.rss_bytes_per_device)} memory per device${spread}`;
  return [
    `Chip commands   ${formatCount(chip_commands)} (${(chip_commands / devices.arrived).toFixed(1)} per device)`,
    `Load generator  ${verdict(generator, paint)}`,
    `${INDENT}${cost}`,
    ...late(generator).map((line) => `${INDENT}${line}`),
  ];
}

function verdict({ verdict: is, saturated_seconds, periods, loop_delay_ms }: GeneratorSummary, paint: Paint): string {
  if (is === 'fine') {
    const { p50, p99 } = loop_delay_ms;
    return `fine; its own delays are in the latencies: p50 ${formatMs(p50)} ms, p99 ${formatMs(p99)} ms`;
  }
  const when = periodsText(periods);
  return paint('yellow', `saturated in ${saturated_seconds} s (${when}): what was measured then may be its own`);
}

function late({ verdict: is, gaps, late_seconds, late_ms_max, loop_busy_max }: GeneratorSummary): string[] {
  if (is === 'fine') return [];
  const longest = longestOf(gaps, ({ ms }) => ms).sort((a, b) => a.at_s - b.at_s);
  const stood = [
    ...longest.map(
      ({ at_s, ms }) =>
        `it did not run for ${(ms / 1000).toFixed(1)} s until ${at_s.toFixed(1)} s: stopped, suspended or without a CPU`,
    ),
    ...(gaps.length > longest.length ? [`and ${counted(gaps.length - longest.length, 'more time')}`] : []),
  ];
  const stalls =
    late_ms_max > 0
      ? [`late for ${late_seconds.toFixed(1)}s in all, ${formatMs(late_ms_max)} ms at most at a time`]
      : [];
  const busy = `at work for up to ${Math.round(loop_busy_max * 100)} % of a second; more --workers, a lower --rate or another machine (--segment) would help`;
  return [...stood, ...stalls, busy];
}
