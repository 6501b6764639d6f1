import { readdirSync, readFileSync } from 'node:fs';

/** What a process and its descendants have used, read from outside; Linux only. */
export interface ProcessUse {
  /** Time on a core, user and system. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

/** What the members of a family that are alive have used so far. */
export function processUse(pid: number): ProcessUse {
  let cpuMs = 0;
  let rssBytes = 0;
  for (const member of familyOf(pid)) {
    cpuMs += cpuMsOf(member);
    rssBytes += rssBytesOf(member);
  }
  return { cpuMs, rssBytes };
}

/** Of sysconf(_SC_CLK_TCK), which is 100 on every Linux that Node runs on. */
const MS_PER_TICK = 10;

/**
 * The CPU time of all children of this process that have ended, and of theirs for whom they waited: cutime and cstime of
 * proc(5). Its steps are 10 ms.
 */
export function endedChildrenCpuMs(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  // The second field, the name in brackets, may hold spaces; cutime is the 16th.
  const [userTicks, systemTicks] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(13, 15);
  return (Number(userTicks) + Number(systemTicks)) * MS_PER_TICK;
}

/** Connections that the kernel refused since it booted because a listener's accept queue was full. */
export function listenDrops(): number {
  const [names = [], values = []] = readFileSync('/proc/net/netstat', 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('TcpExt:'))
    .map((line) => line.split(' '));
  return Number(values[names.indexOf('ListenDrops')]);
}

function familyOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(familyOf)];
}

/** schedstat's first number is a thread's time on a core in ns; `stat` counts in ticks of 10 ms, too coarse here. */
function cpuMsOf(pid: number): number {
  let ns = 0;
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    ns += Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]);
  }
  return ns / 1e6;
}

function rssBytesOf(pid: number): number {
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib ?? 0) * 1024;
}
