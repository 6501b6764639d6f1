import { causeOf } from '../causes/index.ts';
import type { EndedWorker, RunMetrics, RunSnapshot } from '../metrics/index.ts';
import type { DeliveryByKind } from '../probe/index.ts';
import type { FleetPhase } from '../run/index.ts';
import { adviceOn } from './advice.ts';
import { counted, formatBroker, formatCount } from './format.ts';
import type { ProgressView } from './progress-view.ts';
import { type LastInterval, messageRate, statusLines } from './status.ts';
import type { Paint } from './terminal.ts';

/** New causes are reported at once, up to this number; the summary has the rest. */
const CAUSES_SAID = 8;
/** How soon a first failure is reported, and how often the status line changes. */
const TICK_MS = 250;
/** A rate is of a second at least: figures come a few times in one. */
const RATE_MS = 1000;

type BrokerPhase = Extract<FleetPhase, { readonly phase: 'broker' }>;

/** What looks at the run from beside it, as far as it knows by now. */
interface Beside {
  /** Whether the load generator leaves the broker no CPU. */
  starved(): boolean;
  /** What arrived, by the probe's filters. */
  deliveries(): readonly DeliveryByKind[];
}

const NOBODY_BESIDE: Beside = { starved: () => false, deliveries: () => [] };

/** Follows a run: its phases, each kind of failure the first time it happens, and the status every so often. */
export class Progress {
  readonly #metrics: RunMetrics;
  readonly #view: ProgressView;
  readonly #paint: Paint;
  readonly #verbose: boolean;
  readonly #beside: Beside;
  #startedAt: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #causesSaid = 0;
  #shownAt = Number.NEGATIVE_INFINITY;
  /** Where the interval began of which figures are shown. */
  #rateBase: RunSnapshot | undefined;
  #last: LastInterval = { rate: { sent: 0, received: 0 }, seconds: 0, connackP99: null, echoP99: null };

  constructor(metrics: RunMetrics, view: ProgressView, paint: Paint, verbose = false, beside: Beside = NOBODY_BESIDE) {
    this.#metrics = metrics;
    this.#view = view;
    this.#paint = paint;
    this.#verbose = verbose;
    this.#beside = beside;
  }

  note(line: string): void {
    this.#view.note(line);
  }

  phase(now: FleetPhase): void {
    switch (now.phase) {
      case 'provisioning':
        this.#provisioning(now.provisioned, now.of);
        break;
      case 'broker':
        for (const line of serviceLines(now)) this.#view.note(line);
        break;
      case 'arriving':
        if (this.#verbose) this.#view.note('the first device arrives');
        this.#start();
        break;
      case 'arrived':
        this.#view.note(allArrived(this.#metrics.snapshot().planned));
        break;
      case 'worker ended':
        this.#view.note(this.#paint('red', workerEnded(now.worker)));
        break;
      case 'closing':
        this.end();
        if (this.#verbose) this.#view.note('closing the devices');
    }
  }

  /** Says what is left to say; nothing follows. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#startedAt !== undefined) {
      this.#sayNewCauses();
      this.#showStatus(performance.now());
      this.#startedAt = undefined;
    }
    this.#view.end();
  }

  #provisioning(provisioned: number, of: number): void {
    const now = performance.now();
    if (provisioned < of && now - this.#shownAt < this.#view.everyMs) return;
    this.#shownAt = now;
    this.#view.status(`provisioning devices ${provisioned}/${of}`);
    if (provisioned === of) this.#view.end();
  }

  #start(): void {
    this.#startedAt = performance.now();
    this.#shownAt = this.#startedAt;
    this.#rateBase = this.#metrics.snapshot();
    this.#timer = setInterval(() => {
      this.#sayNewCauses();
      const now = performance.now();
      if (now - this.#shownAt >= this.#view.everyMs - TICK_MS / 2) this.#showStatus(now);
    }, TICK_MS);
  }

  #showStatus(now: number): void {
    const run = this.#metrics.snapshot();
    const base = this.#rateBase ?? run;
    const intervalMs = run.measuredAt - base.measuredAt;
    if (intervalMs >= RATE_MS) {
      this.#last = { rate: messageRate(base, run), seconds: intervalMs / 1000, ...this.#metrics.takeRecent() };
      this.#rateBase = run;
    }
    this.#view.status(
      ...statusLines(now - (this.#startedAt ?? now), run, this.#last, this.#beside.deliveries(), this.#paint),
    );
    this.#shownAt = now;
  }

  #sayNewCauses(): void {
    const seen = this.#metrics.causesSeen;
    const worthSaying = this.#verbose ? seen.length : Math.min(seen.length, CAUSES_SAID);
    for (const { code, count, late, example } of seen.slice(this.#causesSaid, worthSaying)) {
      const { words } = causeOf(code);
      const advice = adviceOn(code, count, late, this.#beside.starved());
      this.#view.note(`${this.#paint('red', 'failure')}: ${words} (${example})`);
      if (advice !== undefined) this.#view.note(`         ${advice}`);
    }
    this.#causesSaid = worthSaying;
  }
}

/** What the devices talk to, and where it is. All hubs of the embedded cloud have one port. */
function serviceLines({ broker, embedded, service, hubs = [] }: BrokerPhase): string[] {
  const [first] = hubs;
  const names = embedded ? { broker: 'embedded broker', azure: 'embedded cloud' } : { broker: 'broker', azure: 'DPS' };
  return [
    `${names[service]}: ${formatBroker(broker)}`,
    ...(first === undefined
      ? []
      : [`its hubs: ${hubs.map(({ host }) => host).join(', ')}, at ${formatBroker(first.to)}`]),
  ];
}

function allArrived(count: number): string {
  return count === 1 ? 'the device has arrived' : `all ${count} devices have arrived`;
}

function workerEnded({ worker, reason, devices, connected }: EndedWorker): string {
  return `worker ${worker} ended (${reason}): its ${counted(devices, 'device')} ${devices === 1 ? 'is' : 'are'} lost, ${formatCount(connected)} of them connected; the other workers go on`;
}
