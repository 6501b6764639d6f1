import { median } from '../result.ts';
import type { Case, Plan, Run } from './cases.ts';
import type { Connecting, Steady } from './measure.ts';

/** Something to compare, of one contender in one round. */
export interface Figure {
  readonly label: string;
  readonly unit: string;
  /** What emu's may be at most, as a multiple of MQTT.js's. */
  readonly limit?: number;
  /** NaN if the round lacks a run for it. */
  of(round: RoundOf): number;
}

/** The runs of one contender in one round. */
export class RoundOf {
  readonly #runs: readonly Run[];

  constructor(runs: readonly Run[]) {
    this.#runs = runs;
  }

  /** What each device beyond the fewer added. */
  slope(name: Case['name'], of: (run: Connecting) => number): number {
    const [fewer, more] = this.#runs.filter((run) => run.case === name);
    if (fewer?.connecting === undefined || more?.connecting === undefined) return Number.NaN;
    return (of(more.connecting) - of(fewer.connecting)) / (more.count - fewer.count);
  }

  /** The largest number of devices by the time it took. */
  connectionsPerSecond(name: Case['name']): number {
    const more = this.#runs.filter((run) => run.case === name)[1];
    return more?.connecting === undefined ? Number.NaN : (more.count / more.connecting.connectMs) * 1000;
  }

  /** What a message adds to connections at rest. */
  perMessage(name: Case['name'], of: (span: Steady) => number): number {
    const [rest, busy] = ['rest', name].map((wanted) => this.#runs.find((run) => run.case === wanted)?.steady);
    if (rest === undefined || busy === undefined) return Number.NaN;
    return (of(busy) - (of(rest) / rest.seconds) * busy.seconds) / busy.messages;
  }

  messagesPerSecond(name: Case['name']): number {
    const busy = this.#runs.find((run) => run.case === name)?.steady;
    return busy === undefined ? Number.NaN : busy.messages / busy.seconds;
  }
}

const cpu = ({ cpuMs }: { cpuMs: number }) => cpuMs;
const brokerCpu = ({ brokerCpuMs }: { brokerCpuMs: number }) => brokerCpuMs;
const kib = ({ rssBytes }: Connecting) => rssBytes / 1024;

export function costFigures({ saturation, spaced, publishers, intervalMs }: Plan): readonly Figure[] {
  const asked = (publishers * 1000) / intervalMs;
  const perConnection = (label: string, name: Case['name']): Figure => ({
    label: `CPU per connection, ${label}`,
    unit: 'ms',
    limit: 0.45,
    of: (round) => round.slope(name, cpu),
  });
  const resident = (label: string, name: Case['name']): Figure => ({
    label: `resident memory per device, ${label}`,
    unit: 'KiB',
    limit: 0.42,
    of: (round) => round.slope(name, kib),
  });
  const perMessage = (name: 'qos0' | 'qos1', qos: number): readonly Figure[] => [
    {
      label: `CPU per message, QoS ${qos}`,
      unit: 'µs',
      limit: 1,
      of: (round) => 1000 * round.perMessage(name, cpu),
    },
    {
      label: `messages sent of ${asked}/s asked, QoS ${qos}`,
      unit: '%',
      of: (round) => (100 * round.messagesPerSecond(name)) / asked,
    },
  ];
  return [
    perConnection(`saturated (${saturation} arrivals/s)`, 'saturation'),
    perConnection(`${spaced} arrivals/s`, 'spaced'),
    resident('saturated', 'saturation'),
    resident(`${spaced} arrivals/s`, 'spaced'),
    ...perMessage('qos0', 0),
    ...perMessage('qos1', 1),
  ];
}

/** What a second of the generator's CPU time brings about, and what that costs the broker. */
export const YIELD_FIGURES: readonly Figure[] = [
  {
    label: 'connections per CPU second of the client',
    unit: '',
    of: (round) => 1000 / round.slope('saturation', cpu),
  },
  {
    label: 'connections per second',
    unit: '',
    of: (round) => round.connectionsPerSecond('saturation'),
  },
  {
    label: 'CPU of mosquitto per connection',
    unit: 'ms',
    of: (round) => round.slope('saturation', brokerCpu),
  },
  {
    label: 'messages per CPU second of the client, QoS 0',
    unit: '',
    of: (round) => 1000 / round.perMessage('qos0', cpu),
  },
  {
    label: 'CPU of mosquitto per message, QoS 0',
    unit: 'µs',
    of: (round) => 1000 * round.perMessage('qos0', brokerCpu),
  },
];

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values) };
}

/** A figure of one contender, a value for each round; empty if it has no such runs. */
export function valuesOf(figure: Figure, contender: string, runs: readonly Run[]): readonly number[] {
  const own = runs.filter((run) => run.contender === contender);
  const rounds = [...new Set(own.map(({ round }) => round))];
  return rounds
    .map((round) => figure.of(new RoundOf(own.filter((run) => run.round === round))))
    .filter((value) => !Number.isNaN(value));
}
