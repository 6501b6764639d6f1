import { expect, test } from 'vitest';
import { ProcessFigures } from '../../../src/broker-watch/process-figures.ts';
import type { ProcessSample } from '../../../src/broker-watch/sample.ts';

/** What a process and its machine of two CPUs did in each second. */
interface Second {
  readonly cpuMs: number;
  readonly waitedMs: number;
  readonly machineBusyMs: number;
}

function samples(seconds: readonly Second[]): ProcessSample[] {
  const all = [{ cpuMs: 5000, waitedMs: 900, busyMs: 70_000, idleMs: 10_000 }];
  for (const { cpuMs, waitedMs, machineBusyMs } of seconds) {
    const last = all.at(-1) as (typeof all)[number];
    all.push({
      cpuMs: last.cpuMs + cpuMs,
      waitedMs: last.waitedMs + waitedMs,
      busyMs: last.busyMs + machineBusyMs,
      idleMs: last.idleMs + 2000 - machineBusyMs,
    });
  }
  return all.map(({ cpuMs, waitedMs, busyMs, idleMs }, i) => ({
    atMs: 1e6 + i * 1000,
    cpuMs,
    rssBytes: 1e6 * (i + 1),
    sockets: 10 * i,
    threads: new Map([['4711', { ranMs: cpuMs, waitedMs }]]),
    machine: { busyMs, idleMs },
  }));
}

function reportOf(...seconds: readonly Second[]) {
  const figures = new ProcessFigures(4711);
  for (const sample of samples(seconds)) figures.add(sample);
  return figures.report();
}

test('what was used before the first sample does not count', () => {
  const quiet = { waitedMs: 0, machineBusyMs: 1000 };
  expect(reportOf({ ...quiet, cpuMs: 200 }, { ...quiet, cpuMs: 800 }, { ...quiet, cpuMs: 500 })).toEqual({
    pid: 4711,
    cpu_seconds: 1.5,
    cpu_share_mean: 0.5,
    cpu_share_max: 0.8,
    rss_bytes_max: 4e6,
    sockets_max: 30,
    cpu_wait_share: 0,
    machine_busy_share: 0,
    starved: false,
    ended: false,
  });
});

const full = { cpuMs: 600, waitedMs: 400, machineBusyMs: 1950 };
const idle = { cpuMs: 600, waitedMs: 0, machineBusyMs: 1200 };

test('a process that waits while the machine is full is starved', () => {
  expect(reportOf(full, full, idle)).toMatchObject({ cpu_wait_share: 0.308, machine_busy_share: 0.667, starved: true });
});

test.each([
  ['was full for less than most of the time', [full, idle]],
  ['had a CPU left', [{ ...full, machineBusyMs: 1880 }]],
  ['was full, and the process was served', [{ ...full, waitedMs: 50 }]],
])('it is not where the machine %s', (_what, seconds) => {
  expect(reportOf(...seconds).starved).toBe(false);
});

test('threads come and go', () => {
  const [before, now] = samples([{ cpuMs: 100, waitedMs: 100, machineBusyMs: 500 }]) as [ProcessSample, ProcessSample];
  const figures = new ProcessFigures(1);
  figures.add({ ...before, threads: new Map([['1', { ranMs: 500, waitedMs: 500 }]]) });
  figures.add({ ...now, threads: new Map([['2', { ranMs: 30, waitedMs: 10 }]]) });
  expect(figures.report().cpu_wait_share).toBe(0.25);
});

test('a kernel without statistics of its run queues, and a run without a sample', () => {
  const none = { ranMs: 0, waitedMs: 0 };
  const figures = new ProcessFigures(1);
  for (const sample of samples([full])) figures.add({ ...sample, threads: new Map([['1', none]]) });
  expect(figures.report()).toMatchObject({ cpu_wait_share: null, starved: false });
  expect(new ProcessFigures(1).report()).toMatchObject({ cpu_share_mean: 0, machine_busy_share: 0 });
});
