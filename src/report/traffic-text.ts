import type { MessageAccount, NotSent, RunSummary } from '../metrics/index.ts';
import { formatBytes, formatCount } from './format.ts';
import { table } from './table.ts';
import type { Paint } from './terminal.ts';

/** Why messages were not sent, for a reader; most are somebody's loss. */
const NOT_SENT_WORDS: Readonly<Record<Exclude<keyof NotSent, 'total'>, string>> = {
  before_first_connack: "before the first CONNACK: the firmware's rhythm, no loss",
  no_connection: 'without a connection: the firmware does not queue them',
  too_large: "do not fit into the client's buffer (mqtt.bufferBytes of the profile)",
  write_timeout: 'the broker did not read: the write timed out',
  generator_late: 'the load generator was more than a period late',
  device_busy: 'the device was still at work on the one before',
  broker_stalled: 'the device still waited for the broker to read the one before',
  run_ended: 'on their way through the device when the run ended',
};

/** Messages by kind and what became of them, and the bytes of all connections. */
export function trafficText({ messages, bytes }: Pick<RunSummary, 'messages' | 'bytes'>, paint: Paint): string[] {
  const row = (name: string, { due, sent, not_sent }: MessageAccount, received = '') => [
    name,
    ...[due, sent, not_sent.total].map(formatCount),
    received,
  ];
  const [titles = '', ...rows] = table([
    ['Traffic', 'due', 'sent', 'not sent', 'received'],
    row('  telemetry', messages.telemetry),
    row('  script', messages.script),
    row('  messages', messages, formatCount(messages.received)),
    ['  bytes on TCP', '', formatBytes(bytes.sent), '', formatBytes(bytes.received)],
  ]);
  const overlooked = `  ${formatCount(messages.overlooked)} received and overlooked: the firmware handles only the first packet of a TLS record`;
  return [
    paint('bold', titles),
    ...rows,
    ...notSentLines(messages.not_sent),
    ...(messages.overlooked > 0 ? [overlooked] : []),
  ];
}

function notSentLines(notSent: NotSent): string[] {
  return reasonsOf(notSent).map(([reason, count]) => `  ${formatCount(count)} not sent: ${NOT_SENT_WORDS[reason]}`);
}

/** The reasons that had any, most frequent first. */
function reasonsOf({ total: _, ...reasons }: NotSent): [keyof typeof NOT_SENT_WORDS, number][] {
  return (Object.entries(reasons) as [keyof typeof NOT_SENT_WORDS, number][])
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
}
