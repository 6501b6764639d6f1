/** What Linux says of a process in the files of /proc, see proc(5). */

/** USER_HZ is 100 wherever Node runs. */
const MS_PER_TICK = 10;
const NS_PER_MS = 1e6;

/** Time that a thread spent on a CPU and time that it was runnable and waited for one, ms. */
export interface RunQueueTimes {
  readonly ranMs: number;
  readonly waitedMs: number;
}

/** CPU time of all threads of a process, ended ones too: utime and stime of /proc/N/stat. */
export function cpuMsOf(stat: string): number {
  // The name of the program stands in parentheses and may have spaces and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
}

/** Resident memory: VmRSS of /proc/N/status. Undefined for a process that has ended and whose parent has not asked for it. */
export function rssBytesOf(status: string): number | undefined {
  const [, kilobytes] = /^VmRSS:\s*(\d+) kB$/m.exec(status) ?? [];
  return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
}

/** /proc/N/task/T/schedstat; both are 0 where the kernel keeps no such statistics. */
export function runQueueTimesOf(schedstat: string): RunQueueTimes {
  const [ran = 0, waited = 0] = schedstat.split(' ').map(Number);
  return { ranMs: ran / NS_PER_MS, waitedMs: waited / NS_PER_MS };
}

/** Whether a link of /proc/N/fd leads to a socket. */
export function isSocket(link: string): boolean {
  return link.startsWith('socket:');
}
