import { formatDuration } from '../base/index.ts';
import type { CauseSummary, LatencySummary } from '../metrics/index.ts';
import { adviceOn } from './advice.ts';
import { brokerText } from './broker-text.ts';
import { closingLine } from './closing-line.ts';
import { faultText } from './fault-text.ts';
import { counted, formatCount, formatMs } from './format.ts';
import { generatorText } from './generator-text.ts';
import { outageText } from './outage-text.ts';
import { probeText } from './probe-text.ts';
import { provisioningText } from './provisioning-text.ts';
import type { RunReport } from './run-report.ts';
import { isStarved } from './starved.ts';
import { table } from './table.ts';
import type { Paint } from './terminal.ts';
import { trafficText } from './traffic-text.ts';

/** The summary for a person: who connected, why others did not, how long each step took, what it cost. */
export function summaryText(report: RunReport, paint: Paint): string {
  const starved = isStarved(report);
  const service = report.provisioning === undefined ? 'Broker' : 'Cloud';
  const measured = [
    ...outageText(report, paint),
    ...ended(report, paint),
    ...causes('Failed', report.causes, starved, paint),
    ...causes('Lost after CONNACK (devices reconnect)', report.disconnections, starved, paint),
    ...provisioningText(report.provisioning, paint),
    latencies(report, paint),
    ...(report.probe ? probeText(report.probe, paint) : []),
    trafficText(report, paint),
    [...generatorText(report, paint), ...(report.broker ? brokerText(report.broker, paint, service) : [])],
    [closingLine(report)],
  ];
  const sections = [heading(report, paint), devices(report, paint), ...(report.devices.arrived > 0 ? measured : [])];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function heading({ run, devices: { planned }, provisioning }: RunReport, paint: Paint): string[] {
  const broker = run.broker ?? `the embedded ${provisioning === undefined ? 'broker' : 'cloud'}`;
  const end = run.interrupted ? 'interrupted after' : 'in';
  const title = `${counted(planned, 'device')} of ${run.profile} against ${broker}, ${end} ${formatDuration(run.duration_ms)}`;
  return [paint('bold', title)];
}

function devices(report: RunReport, paint: Paint): string[] {
  const { arrived, connected, failed, not_started, connected_at_end, boot_failed } = report.devices;
  const columns: [string, number][] = [
    ['arrived', arrived],
    ['connected', connected],
    ...optional('at the end', connected_at_end, connected_at_end < connected),
    ['failed', failed],
    ...optional('of them at boot', boot_failed, boot_failed > 0),
    ...optional('not started', not_started, not_started > 0),
  ];
  const [titles = '', row = ''] = table([
    ['Devices', ...columns.map(([title]) => title)],
    ['', ...columns.map(([, count]) => formatCount(count))],
  ]);
  return [
    paint('bold', titles),
    paint(failed > 0 || connected_at_end < connected ? 'red' : 'green', row),
    ...(arrived > 0 ? [faultText(report)] : []),
  ];
}

function optional(title: string, count: number, shown: boolean): [string, number][] {
  return shown ? [[title, count]] : [];
}

function ended({ workers }: RunReport, paint: Paint): string[][] {
  if (workers.ended.length === 0) return [];
  const lines = workers.ended.map(({ worker, reason, devices, connected, not_started }) => {
    const count = [counted(devices, 'device'), `${formatCount(connected)} of them connected`];
    const missing = not_started > 0 ? [`${formatCount(not_started)} never started`] : [];
    return `  ${paint('red', `worker ${worker}`)}  ${reason}: ${[...count, ...missing].join(', ')}`;
  });
  return [['Workers that ended', ...lines]];
}

function causes(title: string, groups: readonly CauseSummary[], starved: boolean, paint: Paint): string[][] {
  if (groups.length === 0) return [];
  const width = formatCount(groups[0]?.count ?? 0).length;
  const indent = ' '.repeat(width + 4);
  const lines = groups.flatMap(({ cause, code, count, while_late = 0, example }) => {
    const advice = adviceOn(code, count, while_late, starved);
    return [
      `  ${paint('red', formatCount(count).padStart(width))}  ${cause}`,
      `${indent}e.g. ${example}`,
      ...(advice === undefined ? [] : [`${indent}> ${advice}`]),
    ];
  });
  return [[title, ...lines]];
}

function latencies(report: RunReport, paint: Paint): string[] {
  const measured: [string, LatencySummary][] = [
    ['  TCP connect', report.tcp_ms],
    ['  TLS handshake', report.tls_ms],
    ['  MQTT CONNACK', report.connack_ms],
    ['  first telemetry *', report.telemetry_ms],
    ...(report.echo_measurable ? [['  echo round trip', report.echo_ms] as [string, LatencySummary]] : []),
  ];
  const anyLate = measured.some(([, { while_late = 0 }]) => while_late > 0);
  const [titles = '', ...rows] = table([
    ['Latency, ms', 'count', 'p50', 'p95', 'p99', 'max', ...(anyLate ? ['late **'] : [])],
    ...measured.map(([name, { count, p50, p95, p99, max, while_late = 0 }]) => [
      name,
      formatCount(count),
      ...[p50, p95, p99, max].map(formatMs),
      ...(anyLate ? [formatCount(while_late)] : []),
    ]),
  ]);
  return [
    paint('bold', titles),
    ...rows,
    ...(report.echo_measurable || report.provisioning
      ? []
      : ['  echo round trip    not measurable: the devices share a topic']),
    paint('dim', '  * from the scheduled arrival'),
    ...(anyLate
      ? [paint('dim', '  ** of count, measured while the load generator was late: its own lateness is in them')]
      : []),
  ];
}
