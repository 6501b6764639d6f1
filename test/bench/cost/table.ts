import type { Run } from './cases.ts';
import { type Figure, type Spread, spread, valuesOf } from './figures.ts';

/** One line of a result: a figure of every contender, medians of all rounds. */
export interface Row {
  readonly label: string;
  readonly unit: string;
  readonly contenders: Readonly<Record<string, Spread>>;
  /** emu : MQTT.js, each round's own, of a figure that has a limit. */
  readonly ratio?: Spread;
  readonly limit?: number;
}

const [OWN, PEER] = ['emu', 'MQTT.js'];

export function rowsOf(figures: readonly Figure[], contenders: readonly string[], runs: readonly Run[]): Row[] {
  return figures.map((figure) => {
    const values = new Map(contenders.map((name) => [name, valuesOf(figure, name, runs)]));
    const present = [...values].filter(([, one]) => one.length > 0);
    const peer = values.get(PEER) ?? [];
    const ratios = (values.get(OWN) ?? []).map((own, round) => own / (peer[round] ?? Number.NaN));
    return {
      label: figure.label,
      unit: figure.unit,
      contenders: Object.fromEntries(present.map(([name, one]) => [name, spread(one)])),
      ...(figure.limit !== undefined && ratios.length > 0 && { ratio: spread(ratios), limit: figure.limit }),
    };
  });
}

/** Markdown: medians with the extremes in brackets; lines without a run are left out. */
export function table(rows: readonly Row[], contenders: readonly string[]): string {
  const present = rows.filter((row) => Object.keys(row.contenders).length > 0);
  const compared = present.some(({ ratio }) => ratio !== undefined);
  const last = compared ? [`${OWN} : ${PEER}`, 'at most'] : [];
  const lines = present.map(({ label, unit, contenders: by, ratio, limit }) => [
    unit === '' ? label : `${label}, ${unit}`,
    ...contenders.map((name) => cell(by[name])),
    ...(compared ? [cell(ratio), limit?.toFixed(2) ?? ''] : []),
  ]);
  const head = ['', ...contenders, ...last];
  return [head, head.map((_, column) => (column === 0 ? '---' : '---:')), ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

function cell(values: Spread | undefined): string {
  if (values === undefined) return '';
  const text = (value: number) => value.toFixed(Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0);
  return `${text(values.median)} (${text(values.min)}–${text(values.max)})`;
}
