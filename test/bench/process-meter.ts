import { readdirSync, readFileSync } from 'node:fs';

/** What a process and its descendants have used, read from outside; Linux only. */
export interface ProcessUse {
  /** Time on a core, user and system. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

export function processUse(pid: number): ProcessUse {
  let cpuMs = 0;
  let rssBytes = 0;
  for (const member of familyOf(pid)) {
    cpuMs += cpuMsOf(member);
    rssBytes += rssBytesOf(member);
  }
  return { cpuMs, rssBytes };
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
