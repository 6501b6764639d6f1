import type { ShardSources } from '../../src/metrics/shard-metrics.ts';

/** What the watch of a shard says in which nothing was ever late. */
export const QUIET_REPORT = {
  ...{ late: false, stalls: { maxMs: 0, totalMs: 0 }, seconds: [], gaps: [] },
  ...{ loop: undefined, arrivals: undefined, publishes: undefined },
};

/** That watch. */
export const quietGenerator: ShardSources['generator'] = {
  late: false,
  lateSince: () => false,
  take: () => QUIET_REPORT,
  publish: () => {},
};
