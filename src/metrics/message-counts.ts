import { MESSAGE_KINDS, type MessageKind, NOT_SENT_REASONS, type NotSentReason } from '../../emulator/device/index.ts';

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
    notSent: Object.fromEntries(NOT_SENT_REASONS.map((reason) => [reason, 0])) as Record<NotSentReason, number>,
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
