import type { RunSnapshot, Traffic } from '../metrics/index.ts';
import { formatCount, formatMs } from './format.ts';
import type { Paint } from './terminal.ts';

/** PUBLISH packets per second, each way. */
export function messageRate(before: Traffic, after: Traffic, elapsedMs: number): Traffic {
  const perSecond = (count: number) => Math.round((count * 1000) / Math.max(1, elapsedMs));
  return { sent: perSecond(after.sent - before.sent), received: perSecond(after.received - before.received) };
}

/** One line on how the run stands, messages out/in; the widths hold still while the numbers move. */
export function statusLine(atMs: number, run: RunSnapshot, rate: Traffic, paint: Paint): string {
  const width = String(run.planned).length;
  const cell = (count: number) => String(count).padStart(width);
  const failed = `failed ${cell(run.failed)}`;
  return [
    `${(atMs / 1000).toFixed(1).padStart(6)}s`,
    `connected ${cell(run.connected)}`,
    `connecting ${cell(run.connecting)}`,
    run.failed > 0 ? paint('red', failed) : failed,
    `msg/s ${formatCount(rate.sent)}/${formatCount(rate.received)}`,
    `CONNACK p99 ${run.connackP99 === null ? '-' : `${formatMs(run.connackP99)} ms`}`,
  ].join('  ');
}
