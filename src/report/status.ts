import { MESSAGE_KINDS } from '../../emulator/device/index.ts';
import type { MessageCounts, RecentLatencies, RunSnapshot, Traffic } from '../metrics/index.ts';
import type { Delivery, DeliveryByKind } from '../probe/index.ts';
import { formatCount, formatMs } from './format.ts';
import { registeringText } from './provisioning-text.ts';
import type { Paint } from './terminal.ts';

/** PUBLISH packets per second between two moments of a run, each way. */
export function messageRate(before: RunSnapshot, after: RunSnapshot): Traffic {
  const seconds = Math.max(1, after.measuredAt - before.measuredAt) / 1000;
  const perSecond = (direction: keyof Traffic) =>
    Math.round((after.traffic[direction] - before.traffic[direction]) / seconds);
  return { sent: perSecond('sent'), received: perSecond('received') };
}

/** What happened in the last interval. */
export interface LastInterval extends RecentLatencies {
  /** Messages per second. */
  readonly rate: Traffic;
  readonly seconds: number;
}

const INDENT = '         ';
const KIND_WIDTH = 'telemetry: '.length;

/** How the run stands, what happened of late, and a line for each kind of message; the widths hold still while the numbers move. */
export function statusLines(
  atMs: number,
  run: RunSnapshot,
  last: LastInterval,
  deliveries: readonly DeliveryByKind[],
  paint: Paint,
): string[] {
  const width = String(run.planned).length;
  const cell = (count: number) => String(count).padStart(width);
  const failed = `failed ${cell(run.failed)}`;
  const devices = [
    `${(atMs / 1000).toFixed(1).padStart(6)}s`,
    `connected ${cell(run.connected)}`,
    `connecting ${cell(run.connecting)}`,
    run.failed > 0 ? paint('red', failed) : failed,
    ...(run.bootFailed > 0 ? [paint('red', `boot failed ${cell(run.bootFailed)}`)] : []),
    ...(run.gone > 0 ? [paint('red', `gone ${cell(run.gone)}`)] : []),
    ...(run.lateMs > 0 ? [paint('yellow', `load generator late ${(run.lateMs / 1000).toFixed(1)}s`)] : []),
  ].join('  ');
  const kinds = MESSAGE_KINDS.filter((kind) => run.messages[kind].due > 0);
  return [
    devices,
    ...registeringText(run.provisioning).map((line) => `${INDENT}${line}`),
    `${INDENT}${inInterval(last)}`,
    ...kinds.map((kind) => {
      const seen = mostSeen(deliveries.map((delivery) => delivery[kind]));
      return `${INDENT}${`${kind}:`.padEnd(KIND_WIDTH)}${account(run.messages[kind], seen, paint)}`;
    }),
  ];
}

/** Of one kind, since the first arrival. */
function account({ due, sent, notSent }: MessageCounts, seen: Delivery | undefined, paint: Paint): string {
  const { before_first_connack: early, ...reasons } = notSent;
  const [[most, count] = ['', 0], ...others] = Object.entries(reasons).sort(([, a], [, b]) => b - a);
  const lost = others.reduce((sum, [, other]) => sum + other, count);
  const why = `not sent ${formatCount(lost)} (${most.replaceAll('_', ' ')})`;
  return [
    `due ${formatCount(due)}`,
    `sent ${formatCount(sent)}`,
    ...(lost > 0 ? [paint('yellow', why)] : []),
    ...(seen === undefined ? [] : [`delivered ${formatCount(seen.delivered)}`, `lost ${formatCount(seen.lost)}`]),
    ...(early > 0 ? [`before CONNACK ${formatCount(early)}`] : []),
  ].join(', ');
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
