/** What Linux says of a process in the files of /proc, see proc(5). */

/** USER_HZ is 100 wherever Node runs. */
const MS_PER_TICK = 10;
const NS_PER_MS = 1e6;

/** Time that a thread spent on a CPU and time that it was runnable and waited for one, ms. */
export interface RunQueueTimes {
  readonly ranMs: number;
  readonly waitedMs: number;
}

/** Times of all CPUs of the machine together, ms. */
export interface MachineTimes {
  readonly busyMs: number;
  readonly idleMs: number;
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

/**
 * The first line of /proc/stat: user nice system idle iowait irq softirq steal. Idle is what the machine had left for a process:
 * idle, and iowait, in which a CPU waits for a disk and could do other work. The rest is busy; steal too, in which another guest
 * of the same hardware had the CPU. Further fields are counted in user and nice already.
 */
export function machineTimesOf(stat: string): MachineTimes {
  const ticks = stat.slice(0, stat.indexOf('\n')).split(/ +/).slice(1).map(Number);
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = ticks;
  return {
    busyMs: (user + nice + system + irq + softirq + steal) * MS_PER_TICK,
    idleMs: (idle + iowait) * MS_PER_TICK,
  };
}

/** Whether a link of /proc/N/fd leads to a socket. */
export function isSocket(link: string): boolean {
  return link.startsWith('socket:');
}
