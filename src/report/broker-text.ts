import type { BrokerReport, ProcessReport } from '../broker-watch/index.ts';
import type { SysReport } from '../probe/index.ts';
import { formatBytes, formatCount } from './format.ts';
import type { Paint } from './terminal.ts';

const WIDTH = 16;

/** What was seen of the broker or cloud from its own side: what it cost, whether it had a CPU, what it says of itself. */
export function brokerText(report: BrokerReport, paint: Paint, title = 'Broker'): string[] {
  const lines = [
    ...(report.pid === undefined ? [] : processLines(report, paint)),
    ...(report.sys === undefined ? [] : [sysLine(report.sys)]),
  ];
  return lines.map((line, i) => `${(i === 0 ? title : '').padEnd(WIDTH)}${line}`);
}

function processLines(report: ProcessReport, paint: Paint): string[] {
  const { pid, cpu_seconds, cpu_share_mean, cpu_share_max, rss_bytes_max, sockets_max, ended } = report;
  const waited = `it waited for a CPU ${percent(report.cpu_wait_share ?? 0)} of the time: this machine has too few cores for both`;
  return [
    `process ${pid}: ${percent(cpu_share_mean)} of a core on average, ${percent(cpu_share_max)} at most, ${cpu_seconds.toFixed(1)} s CPU in all`,
    `${formatBytes(rss_bytes_max)} memory and ${formatCount(sockets_max)} sockets at most`,
    ...(report.starved ? [paint('yellow', waited)] : []),
    ...(ended ? [paint('red', 'it ended, or could not be looked at any more, before the run did')] : []),
  ];
}

function sysLine(sys: SysReport): string {
  const { publishes_dropped: dropped, heap_bytes: heap } = sys;
  const figures = [
    ...atMost(sys.clients_connected?.max, 'clients'),
    ...atMost(sys.connections_per_minute?.max, 'connections a minute'),
    ...atMost(sys.messages_received_per_minute?.max, 'messages received a minute'),
    ...atMost(sys.messages_sent_per_minute?.max, 'messages sent a minute'),
    ...(heap === undefined ? [] : [`${formatBytes(heap.max)} heap`]),
    ...atMost(dropped && dropped.last - dropped.first, 'publishes dropped'),
  ];
  return figures.length === 0
    ? 'nothing came on its $SYS topics: mosquitto has them, where its access rules allow'
    : `says of itself, at most: ${figures.join(', ')}`;
}

function atMost(value: number | undefined, what: string): string[] {
  return value === undefined ? [] : [`${formatCount(Math.round(value))} ${what}`];
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
