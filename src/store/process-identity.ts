import { readFileSync, readlinkSync } from 'node:fs';

/** A process, distinguished from every other that has or will have its number. Texts are empty where the system has no /proc. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from boot to its start. */
  readonly started: string;
  /** The boot that it runs in. */
  readonly boot: string;
  /** The namespace in which it has its number: a container has its own. */
  readonly namespace: string;
}

export function ownIdentity(): ProcessIdentity {
  const { pid } = process;
  return { pid, started: startOf(pid) ?? '', boot: bootId(), namespace: namespaceOf(pid) };
}

/** Whether that process is still there. One in another container of this machine cannot be seen from here: it counts as there. */
export function isAlive({ pid, started, boot, namespace }: ProcessIdentity): boolean {
  if (boot !== bootId()) return false;
  if (namespace !== namespaceOf(process.pid)) return true;
  return started === '' ? answersSignals(pid) : startOf(pid) === started;
}

/** Field 22 of /proc/PID/stat, behind the name in brackets, which may hold anything. A zombie is dead. */
function startOf(pid: number): string | undefined {
  const [state, ...fields] = (text(`/proc/${pid}/stat`) ?? '').replace(/^.*\) /s, '').split(' ');
  return state === 'Z' || state === 'X' ? undefined : fields[18];
}

function bootId(): string {
  return text('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
}

function namespaceOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return '';
  }
}

function text(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
