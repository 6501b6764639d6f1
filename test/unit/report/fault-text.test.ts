import { expect, test } from 'vitest';
import { type CauseCode, causeOf } from '../../../src/causes/index.ts';
import type { FaultyReport } from '../../../src/report/fault.ts';
import { faultText } from '../../../src/report/fault-text.ts';

const cause = (code: CauseCode, count: number, while_late = 0) => {
  const { words, side } = causeOf(code);
  return { cause: words, code, side, count, while_late, example: '' };
};

const STARVED = {
  ...{ pid: 1, cpu_seconds: 1, cpu_share_mean: 1, cpu_share_max: 1, rss_bytes_max: 1, sockets_max: 1 },
  ...{ cpu_wait_share: 0.5, machine_busy_share: 1, starved: true, ended: false },
};

const report = (given: Partial<FaultyReport>): FaultyReport => ({
  ...{ failed_attempts: [], disconnections: [], causes: [] },
  ...given,
});

test.each<[string, Partial<FaultyReport>, string]>([
  ['no failure', {}, 'nothing failed'],
  [
    'a worker that was killed',
    { disconnections: [cause('generator.WORKER_ENDED', 20)] },
    'the load generator itself: its workers, ports or file descriptors (20 failed attempts and lost connections)',
  ],
  [
    'a worker that was killed, and a broker without a CPU',
    { disconnections: [cause('generator.WORKER_ENDED', 20)], broker: STARVED },
    'the load generator itself: its workers, ports or file descriptors (20 failed attempts and lost connections)',
  ],
  [
    'no descriptors left, more often than anything else',
    { failed_attempts: [cause('tcp.EMFILE', 8), cause('tcp.ECONNREFUSED', 7)] },
    'the load generator itself: its workers, ports or file descriptors (8 failed attempts and lost connections)',
  ],
  [
    'a name that nobody knows',
    { failed_attempts: [cause('tcp.ENOTFOUND', 3)] },
    'the network or its names (3 failed attempts and lost connections)',
  ],
  [
    'time-outs in a stall of the generator',
    { failed_attempts: [cause('tls.TIMEOUT', 5, 5)] },
    'cannot be told: the load generator was late during all of them (5 failed attempts and lost connections)',
  ],
  [
    'one time-out more than in the stall',
    { failed_attempts: [cause('tls.TIMEOUT', 6, 5)] },
    'the broker (1 failed attempt or lost connection)',
  ],
  [
    'a broker that reads and answers nothing while it has no CPU',
    { failed_attempts: [cause('tls.TIMEOUT', 5)], disconnections: [cause('mqtt.WRITE_TIMEOUT', 4)], broker: STARVED },
    'cannot be told: this machine had too few cores for the broker and the devices (9 failed attempts and lost connections)',
  ],
  [
    'a broker that had CPU enough',
    { failed_attempts: [cause('tls.TIMEOUT', 5)], broker: { ...STARVED, starved: false } },
    'the broker (5 failed attempts and lost connections)',
  ],
  [
    'devices that failed for what their attempts failed for, and such whose first one had not ended',
    { failed_attempts: [cause('tls.TIMEOUT', 3)], causes: [cause('tls.TIMEOUT', 2), cause('tls.UNFINISHED', 4)] },
    'the broker (7 failed attempts and lost connections)',
  ],
  [
    'a broker that refuses while it has no CPU',
    { failed_attempts: [cause('tls.TIMEOUT', 5), cause('mqtt.CONNACK_5', 2)], broker: STARVED },
    'the broker (2 failed attempts and lost connections)',
  ],
])('%s', (_name, given, words) => {
  expect(faultText(report(given))).toBe(`Fault    ${words}`);
});
