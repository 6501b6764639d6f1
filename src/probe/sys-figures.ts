/**
 * What mosquitto says of itself, mosquitto(8), Broker Status. It publishes it every `sys_interval`, 10 s unless configured, as
 * retained messages.
 */
const TOPICS = {
  clients_connected: '$SYS/broker/clients/connected',
  connections_per_minute: '$SYS/broker/load/connections/1min',
  messages_received_per_minute: '$SYS/broker/load/messages/received/1min',
  messages_sent_per_minute: '$SYS/broker/load/messages/sent/1min',
  /** From the broker's start. */
  publishes_dropped: '$SYS/broker/publish/messages/dropped',
  heap_bytes: '$SYS/broker/heap/current size',
} as const;

type SysName = keyof typeof TOPICS;

export const SYS_TOPICS: readonly string[] = Object.values(TOPICS);

/** One figure from before the first device arrived, where there was one by then, to the end of the run. */
interface SysFigure {
  readonly first: number;
  readonly last: number;
  readonly max: number;
}

/** What a broker said of itself under `$SYS`; what it does not publish is not there. */
export type SysReport = Readonly<Partial<Record<SysName, SysFigure>>>;

const NAMES = new Map(Object.entries(TOPICS).map(([name, topic]) => [topic as string, name as SysName]));

/** Gathers what comes on the topics. */
export class SysFigures {
  readonly #figures = new Map<SysName, SysFigure>();

  received(topic: string, payload: Uint8Array): void {
    const name = NAMES.get(topic);
    const value = Number.parseFloat(new TextDecoder().decode(payload));
    if (name === undefined || Number.isNaN(value)) return;
    const { first = value, max = value } = this.#figures.get(name) ?? {};
    this.#figures.set(name, { first, last: value, max: Math.max(max, value) });
  }

  report(): SysReport {
    return Object.fromEntries(this.#figures);
  }
}
