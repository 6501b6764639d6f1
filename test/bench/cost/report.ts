import { machine } from '../result.ts';
import type { Plan, Run } from './cases.ts';
import { costFigures, YIELD_FIGURES } from './figures.ts';
import { type Row, rowsOf, table } from './table.ts';

export interface Measured {
  readonly plan: Plan;
  readonly rounds: number;
  /** Processes that wanted a core, the average of a minute, before the first round and after each. */
  readonly load: readonly number[];
  readonly brokerVersion: string;
  /** Of the contenders, in the order of the columns. */
  readonly names: readonly string[];
  readonly runs: readonly Run[];
}

export function figuresOf(plan: Plan, names: readonly string[], runs: readonly Run[]): readonly Row[] {
  return rowsOf([...costFigures(plan), ...YIELD_FIGURES], names, runs);
}

/** Markdown. */
export function report({ plan, rounds, load, brokerVersion, names, runs }: Measured): string {
  const { cpu, cores, node } = machine();
  const [fewer, more] = plan.devices;
  return `
${rounds} rounds in turn: medians (least–most), ratios round by round. ${cores} cores ${cpu}, node ${node},
mosquitto ${brokerVersion}; load of the machine ${load.map((one) => one.toFixed(1)).join(', ')}.
Per connection and device: what ${more} devices cost beyond ${fewer}, whole process tree from start to end, firmware's full
script, all connected for ${plan.settleSeconds} s, no telemetry but the first. Per message: ${plan.publishers} devices, each every ${plan.intervalMs} ms,
about 100 bytes, beyond the same connections at rest.

${table(rowsOf(costFigures(plan), names, runs), names)}

${table(rowsOf(YIELD_FIGURES, names, runs), names)}
${oddities(runs)}`;
}

/** What makes a run's figures doubtful. */
function oddities(runs: readonly Run[]): string {
  return runs
    .flatMap(({ round, case: name, contender, count, connecting }) => {
      if (connecting === undefined) return [];
      const { connected, listenDrops } = connecting;
      const where = `Round ${round}, ${name}, ${contender}, ${count} devices:`;
      return [
        ...(connected === count ? [] : [`${where} ${connected} were connected.`]),
        ...(listenDrops === 0
          ? []
          : [`${where} ${listenDrops} connections on this machine found an accept queue full and came again.`]),
      ];
    })
    .map((line) => `\n${line}`)
    .join('');
}
