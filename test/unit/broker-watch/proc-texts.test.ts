import { expect, test } from 'vitest';
import {
  cpuMsOf,
  isSocket,
  machineTimesOf,
  rssBytesOf,
  runQueueTimesOf,
} from '../../../src/broker-watch/proc-texts.ts';

test('CPU time is utime and stime, whatever the program is called', () => {
  const rest = 'S 1 1000 1000 0 -1 4194560 2841 0 12 0 431 269 0 0 20 0 1 0 9112 16084992 1894 18446744073709551615';
  expect(cpuMsOf(`4711 (mosquitto) ${rest}\n`)).toBe(7000);
  expect(cpuMsOf(`4711 (a (b) 1 2) c) ${rest}\n`)).toBe(7000);
});

test('resident memory is VmRSS', () => {
  const status = 'Name:\tmosquitto\nState:\tS (sleeping)\nVmHWM:\t    7800 kB\nVmRSS:\t    7576 kB\nThreads:\t1\n';
  expect(rssBytesOf(status)).toBe(7576 * 1024);
});

test('a process that has ended and that nobody asked for has none', () => {
  expect(rssBytesOf('Name:\tmosquitto\nState:\tZ (zombie)\nThreads:\t1\n')).toBeUndefined();
});

test('the run queue has nanoseconds on the CPU and nanoseconds of waiting', () => {
  expect(runQueueTimesOf('4958490000 60390000 2112\n')).toEqual({ ranMs: 4958.49, waitedMs: 60.39 });
});

test('of the machine, waiting for a disk is idle, and what a hypervisor gave to others is busy', () => {
  // user nice system idle iowait irq softirq steal guest guest_nice; guest is in user already.
  const stat = 'cpu  100 20 3 40000 5000 600000 7000000 80000000 50 10\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 7 1\n';
  expect(machineTimesOf(stat)).toEqual({ busyMs: 876_001_230, idleMs: 450_000 });
});

test.each([
  ['socket:[123456]', true],
  ['/var/log/socket:[1]', false],
  ['anon_inode:[eventpoll]', false],
  ['pipe:[77]', false],
])('%s', (link, is) => {
  expect(isSocket(link)).toBe(is);
});
