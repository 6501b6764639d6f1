import type { MessageKind, NotSentReason } from '../../emulator/device/index.ts';

export const MESSAGE_KINDS = ['telemetry', 'script'] as const satisfies readonly MessageKind[];

export const NOT_SENT_REASONS = [
  'before_first_connack',
  'no_connection',
  'too_large',
  'write_timeout',
  'generator_late',
  'device_busy',
  'broker_stalled',
] as const satisfies readonly NotSentReason[];

/** What became of the messages of one kind whose time had come. */
export interface MessageCounts {
  due: number;
  sent: number;
  readonly notSent: Record<NotSentReason, number>;
}

/** By kind; plain data. */
export type MessagesByKind = Readonly<Record<MessageKind, MessageCounts>>;

export function noMessages(): MessagesByKind {
  return { telemetry: noneOfAKind(), script: noneOfAKind() };
}

function noneOfAKind(): MessageCounts {
  return {
    due: 0,
    sent: 0,
    notSent: {
      ...{ before_first_connack: 0, no_connection: 0, too_large: 0, write_timeout: 0 },
      ...{ generator_late: 0, device_busy: 0, broker_stalled: 0 },
    },
  };
}

/** Adds `counts` to `sum`. */
export function addMessages(sum: MessagesByKind, counts: MessagesByKind): void {
  for (const kind of MESSAGE_KINDS) addCounts(sum[kind], counts[kind]);
}

/** Those of all kinds together. */
export function ofAllKinds(messages: MessagesByKind): MessageCounts {
  const sum = noneOfAKind();
  for (const kind of MESSAGE_KINDS) addCounts(sum, messages[kind]);
  return sum;
}

function addCounts(sum: MessageCounts, { due, sent, notSent }: MessageCounts): void {
  sum.due += due;
  sum.sent += sent;
  for (const reason of NOT_SENT_REASONS) sum.notSent[reason] += notSent[reason];
}
