import { type Contender, fleetFor } from './contenders.ts';
import type { Load } from './load.ts';
import { type Connecting, measureConnecting, measureSteady, type Steady } from './measure.ts';
import type { Stage } from './stage.ts';

export interface Plan {
  /** What is paid once is in both, so that the difference is what a device costs. */
  readonly devices: readonly [fewer: number, more: number];
  /** Arrivals per second: more than a client can serve, but not more than mosquitto. */
  readonly saturation: number;
  /** Arrivals per second that leave a client idle in between. */
  readonly spaced: number;
  readonly publishers: number;
  readonly intervalMs: number;
  /** From the last connection to the end, or to the watching of steady publishing. */
  readonly settleSeconds: number;
  /** How long steady publishing is watched. */
  readonly seconds: number;
}

/** What is run unless told. */
export const PLAN: Plan = {
  devices: [500, 2000],
  saturation: 1000,
  spaced: 400,
  publishers: 500,
  intervalMs: 100,
  settleSeconds: 3,
  seconds: 10,
};

/** One kind of run. */
export interface Case {
  readonly name: 'saturation' | 'spaced' | 'rest' | 'qos0' | 'qos1';
  readonly group: 'connecting' | 'publishing';
  /** Also with more workers than one. */
  readonly workers: boolean;
  readonly loads: readonly Load[];
}

/** One run of one contender. */
export interface Run {
  readonly round: number;
  readonly case: Case['name'];
  readonly contender: string;
  readonly count: number;
  readonly connecting?: Connecting;
  readonly steady?: Steady;
}

/** Arrivals of publishers: no multiple of the telemetry's rhythm, so that devices do not publish in step. */
const PUBLISHERS_RATE = 170;

export function casesOf({ devices, saturation, spaced, publishers, intervalMs }: Plan): readonly Case[] {
  const arriving = (rate: number) => devices.map((count) => ({ count, rate, script: true }));
  const publishing = (qos: 0 | 1) => [{ ...resting, publish: { qos, intervalMs } }];
  const resting: Load = { count: publishers, rate: PUBLISHERS_RATE, script: false };
  return [
    { name: 'saturation', group: 'connecting', workers: true, loads: arriving(saturation) },
    { name: 'spaced', group: 'connecting', workers: false, loads: arriving(spaced) },
    { name: 'rest', group: 'publishing', workers: true, loads: [resting] },
    { name: 'qos0', group: 'publishing', workers: true, loads: publishing(0) },
    { name: 'qos1', group: 'publishing', workers: false, loads: publishing(1) },
  ];
}

/** Makes all devices that the cases need. */
export function makeFleets(stage: Stage, cases: readonly Case[]): void {
  for (const { loads } of cases) for (const load of loads) fleetFor(stage, load);
}

/** One round: every case once with every contender, in turn. */
export async function* runRound(
  round: number,
  stage: Stage,
  cases: readonly Case[],
  contenders: readonly Contender[],
  plan: Plan,
): AsyncGenerator<Run> {
  for (const { name, group, workers, loads } of cases) {
    for (const load of loads) {
      for (const contender of contenders) {
        if (contender.moreWorkers && !workers) continue;
        const run = { round, case: name, contender: contender.name, count: load.count };
        yield group === 'connecting'
          ? { ...run, connecting: await measureConnecting(stage, contender, load, plan.settleSeconds) }
          : { ...run, steady: await measureSteady(stage, contender, load, plan) };
      }
    }
  }
}
