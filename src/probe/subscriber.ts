import { MESSAGE_KINDS } from '../../emulator/device/index.ts';
import { matchesFilter, sharedNow } from '../base/index.ts';
import { DeliveryMatcher, LATE_AFTER_MS } from './matcher.ts';
import type { ProbeStart, Published } from './messages.ts';
import { publishesIn } from './publish-packets.ts';
import type { DeliveryByKind, ProbeFindings } from './report.ts';
import { Subscription, type SubscriptionEvents } from './subscription.ts';
import { SYS_TOPICS, SysFigures } from './sys-figures.ts';

/** How often it tidies up and says how it stands. */
const TIDY_MS = 1000;
const LOOK_MS = 20;

/**
 * Ordinary subscribers, a connection for each filter: where filters overlap, a broker may deliver a message to one
 * connection once or once for each of them [MQTT-3.3.5-1].
 */
export class Subscriber {
  readonly #start: ProbeStart;
  readonly #matchers: readonly DeliveryMatcher[];
  readonly #sys = new SysFigures();
  readonly #subscriptions: Subscription[] = [];
  #disconnections = 0;

  /** @param tell hears every second what was delivered until now, by filter */
  constructor(start: ProbeStart, tell: (deliveries: readonly DeliveryByKind[]) => void) {
    this.#start = start;
    this.#matchers = start.filters.map(() => new DeliveryMatcher());
    setInterval(() => {
      for (const matcher of this.#matchers) matcher.tidy(sharedNow());
      tell(this.#matchers.map(({ deliveries }) => deliveries));
    }, TIDY_MS).unref();
  }

  /** Whether a TCP connection was ever accepted. */
  get reached(): boolean {
    return this.#subscriptions.some(({ reached }) => reached);
  }

  /** Resolves when every filter is subscribed. */
  async subscribe(): Promise<void> {
    const { filters, sys } = this.#start;
    const opening = filters.map((filter, i) =>
      this.#open(`${i}`, [filter], {
        lost: () => {
          this.#disconnections++;
        },
        received: (topic, payload, retained) => {
          // Kept by the broker from before the subscription.
          if (!retained) this.#matchers[i]?.received(topic, payload, sharedNow());
        },
      }),
    );
    if (sys) {
      const received = (topic: string, payload: Uint8Array) => this.#sys.received(topic, payload);
      opening.push(this.#open('sys', SYS_TOPICS, { received }));
    }
    await Promise.all(opening);
  }

  sent({ packets, times, kinds }: Published): void {
    let i = 0;
    for (const { topic, payload } of publishesIn(packets)) {
      const [at = 0, kind = 'telemetry'] = [times[i], MESSAGE_KINDS[kinds[i] ?? 0]];
      i++;
      this.#start.filters.forEach((filter, f) => {
        if (matchesFilter(filter, topic)) this.#matchers[f]?.sent(topic, payload, at, kind);
      });
    }
  }

  /** Waits for what is still out, `patienceMs` at most. */
  async finish(patienceMs: number): Promise<ProbeFindings> {
    const until = sharedNow() + patienceMs;
    while (sharedNow() < until && this.#matchers.some(({ waits }) => waits)) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
    const disconnections = this.#disconnections;
    await Promise.all(this.#subscriptions.map((subscription) => subscription.close()));
    const filters = this.#start.filters.flatMap((filter, i) => this.#matchers[i]?.finish(filter) ?? []);
    return { report: { late_after_ms: LATE_AFTER_MS, disconnections, filters }, sys: this.#sys.report() };
  }

  #open(id: string, filters: readonly string[], events: SubscriptionEvents): Promise<void> {
    const subscription = new Subscription(this.#start, id, events);
    this.#subscriptions.push(subscription);
    return subscription.open(filters);
  }
}
