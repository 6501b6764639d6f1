import { MESSAGE_KINDS } from '../../emulator/device/index.ts';
import type { RecentLatencies, RunSnapshot, Traffic } from '../metrics/index.ts';
import type { Delivery, DeliveryByKind } from '../probe/index.ts';
import { formatCount, formatMs } from './format.ts';
import type { Paint } from './terminal.ts';

/** PUBLISH packets per second between two moments of a run, each way. */
export function messageRate(before: RunSnapshot, after: RunSnapshot): Traffic {
  const seconds = Math.max(1, after.measuredAt - before.measuredAt) / 1000;
  const perSecond = (direction: keyof Traffic) =>
    Math.round((after.messages[direction] - before.messages[direction]) / seconds);
  return { sent: perSecond('sent'), received: perSecond('received') };
}

/** What happened in the last interval. */
export interface LastInterval extends RecentLatencies {
  /** Messages per second. */
  readonly rate: Traffic;
  readonly seconds: number;
}

/** One line on how the run stands; the widths hold still while the numbers move. */
export function statusLine(
  atMs: number,
  run: RunSnapshot,
  last: LastInterval,
  deliveries: readonly DeliveryByKind[],
  paint: Paint,
): string {
  const width = String(run.planned).length;
  const cell = (count: number) => String(count).padStart(width);
  const failed = `failed ${cell(run.failed)}`;
  return [
    `${(atMs / 1000).toFixed(1).padStart(6)}s`,
    `connected ${cell(run.connected)}`,
    `connecting ${cell(run.connecting)}`,
    run.failed > 0 ? paint('red', failed) : failed,
    ...(run.bootFailed > 0 ? [paint('red', `boot failed ${cell(run.bootFailed)}`)] : []),
    ...(run.gone > 0 ? [paint('red', `gone ${cell(run.gone)}`)] : []),
    inInterval(last),
    ...(run.lateMs > 0 ? [paint('yellow', `load generator late ${(run.lateMs / 1000).toFixed(1)}s`)] : []),
    ...notSent(run.notSent).map((text) => paint('yellow', text)),
    ...accounts(run.accounts, deliveries),
  ].join('  ');
}

/** How many, and what most of them came of. */
function notSent(reasons: RunSnapshot['notSent']): string[] {
  const [[most, count] = ['', 0], ...others] = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  const total = others.reduce((sum, [, other]) => sum + other, count);
  return total > 0 ? [`not sent ${formatCount(total)} (${most.replaceAll('_', ' ')})`] : [];
}

/** By kind, since the first arrival; a kind that has none yet is not shown. */
function accounts(kinds: RunSnapshot['accounts'], deliveries: readonly DeliveryByKind[]): string[] {
  return MESSAGE_KINDS.flatMap((kind) => {
    const { due, sent, notSent } = kinds[kind];
    if (due === 0) return [];
    const early = notSent.before_first_connack;
    const before = early > 0 ? ` (${formatCount(early)} before the first CONNACK)` : '';
    const seen = mostSeen(deliveries.map((delivery) => delivery[kind]));
    const arrived = seen && `, delivered ${formatCount(seen.delivered)} lost ${formatCount(seen.lost)}`;
    return [`${kind}: due ${formatCount(due)}${before} sent ${formatCount(sent)}${arrived ?? ''}`];
  });
}

/** Filters may overlap: of the one that matches most, and loses most among such. */
function mostSeen(deliveries: readonly Delivery[]): Delivery | undefined {
  return deliveries.filter(({ sent }) => sent > 0).sort((a, b) => b.sent - a.sent || b.lost - a.lost)[0];
}

function inInterval({ rate, seconds, connackP99, echoP99 }: LastInterval): string {
  const latency = (name: string, p99: number | null) => (p99 === null ? [] : [`${name} p99 ${formatMs(p99)} ms`]);
  const traffic = `msg/s ${formatCount(rate.sent)} out ${formatCount(rate.received)} in`;
  return [
    `last ${Math.round(seconds)}s: ${traffic}`,
    ...latency('CONNACK', connackP99),
    ...latency('echo', echoP99),
  ].join(', ');
}
