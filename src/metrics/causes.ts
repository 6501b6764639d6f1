import { type CauseCode, causeOf, type Side } from '../causes/index.ts';

/** A kind of failure, how many it hit, and what one of them saw. */
export interface CauseCount {
  readonly code: CauseCode;
  readonly count: number;
  /** Of them, those that fell into a time in which the load generator was late itself. */
  readonly late: number;
  readonly example: string;
}

/** The same for a reader. */
export interface CauseSummary {
  /** In words. */
  readonly cause: string;
  readonly code: CauseCode;
  /** Who can do something about it. */
  readonly side: Side;
  readonly count: number;
  /** Of them, those that fell into a time in which the load generator was late itself; missing where none did. */
  readonly while_late?: number;
  readonly example: string;
}

/** Counts by cause, in order of appearance, each with its first example. */
export class CauseCounts {
  #groups = new Map<CauseCode, CauseCount>();

  add(group: CauseCount): void {
    const known = this.#groups.get(group.code);
    const sum = known && { ...known, count: known.count + group.count, late: known.late + group.late };
    this.#groups.set(group.code, sum ?? group);
  }

  /** In order of appearance. */
  all(): CauseCount[] {
    return [...this.#groups.values()];
  }

  /** What was counted since the last call. */
  take(): CauseCount[] {
    const taken = this.all();
    this.#groups = new Map();
    return taken;
  }

  /** Most frequent first. */
  summary(): CauseSummary[] {
    return this.all()
      .sort((a, b) => b.count - a.count)
      .map(({ code, count, late, example }) => {
        const { words, side } = causeOf(code);
        return { cause: words, code, side, count, ...(late > 0 && { while_late: late }), example };
      });
  }
}
