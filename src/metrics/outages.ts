/** Connections that ended, by the second of the run in which they did: [second, how many]. Plain data; those of all shards add up. */
export type LossesBySecond = readonly (readonly [second: number, connections: number])[];

/** A time in which connections ended, s from the first arrival, and how many. */
export interface LossPeriod {
  readonly from_s: number;
  readonly to_s: number;
  readonly connections_lost: number;
}

/** The second of a run, of a time since its first arrival, ms. */
export function secondOf(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000));
}

/** Losses closer than this belong to one outage. */
const GAP_S = 2;

/** Counts connections that end, by second. */
export class Losses {
  #seconds = new Map<number, number>();

  add(second: number, connections = 1): void {
    this.#seconds.set(second, (this.#seconds.get(second) ?? 0) + connections);
  }

  addAll(losses: LossesBySecond): void {
    for (const [second, connections] of losses) this.add(second, connections);
  }

  /** What was counted since the last call. */
  take(): LossesBySecond {
    const taken = [...this.#seconds];
    this.#seconds = new Map();
    return taken;
  }

  get total(): number {
    return [...this.#seconds.values()].reduce((sum, connections) => sum + connections, 0);
  }

  /** In their order. */
  periods(): LossPeriod[] {
    const periods: { from_s: number; to_s: number; connections_lost: number }[] = [];
    for (const [second, connections] of [...this.#seconds].sort(([a], [b]) => a - b)) {
      const last = periods.at(-1);
      if (last !== undefined && second - last.to_s < GAP_S) {
        last.to_s = second + 1;
        last.connections_lost += connections;
      } else {
        periods.push({ from_s: second, to_s: second + 1, connections_lost: connections });
      }
    }
    return periods;
  }
}
