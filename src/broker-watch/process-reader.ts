import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { cpuMsOf, isSocket, machineTimesOf, type RunQueueTimes, rssBytesOf, runQueueTimesOf } from './proc-texts.ts';
import type { ProcessSample } from './sample.ts';

/** Reads one process of this machine from /proc. */
export class ProcessReader {
  readonly #folder: string;
  /** By number of a descriptor. */
  #sockets = new Map<string, boolean>();

  constructor(pid: number) {
    this.#folder = `/proc/${pid}`;
  }

  /** Undefined when the process has ended. @throws NodeJS.ErrnoException when the system refuses */
  read(): ProcessSample | undefined {
    return unlessGone(() => this.#sample());
  }

  #sample(): ProcessSample | undefined {
    const rssBytes = rssBytesOf(this.#text('status'));
    if (rssBytes === undefined) return undefined;
    const cpuMs = cpuMsOf(this.#text('stat'));
    const sample = { cpuMs, rssBytes, sockets: this.#countSockets(), threads: this.#threads() };
    return { atMs: performance.now(), ...sample, machine: machineTimesOf(readFileSync('/proc/stat', 'utf8')) };
  }

  #text(name: string): string {
    return readFileSync(`${this.#folder}/${name}`, 'utf8');
  }

  /** What a descriptor is has to be asked once for each, which is most of the work: a broker keeps its numbers busy. */
  #countSockets(): number {
    const known = this.#sockets;
    const descriptors = readdirSync(`${this.#folder}/fd`);
    this.#sockets = new Map(descriptors.map((name) => [name, known.get(name) ?? this.#leadsToSocket(name)]));
    return [...this.#sockets.values()].filter(Boolean).length;
  }

  #leadsToSocket(descriptor: string): boolean {
    return unlessGone(() => isSocket(readlinkSync(`${this.#folder}/fd/${descriptor}`))) ?? false;
  }

  #threads(): Map<string, RunQueueTimes> {
    return new Map(
      readdirSync(`${this.#folder}/task`).flatMap((thread) => {
        const schedstat = unlessGone(() => this.#text(`task/${thread}/schedstat`));
        return schedstat === undefined ? [] : [[thread, runQueueTimesOf(schedstat)] as const];
      }),
    );
  }
}

/** Processes and threads end, and descriptors are closed, while they are looked at. */
function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
