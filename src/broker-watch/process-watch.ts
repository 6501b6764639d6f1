import { EmuError } from '../../emulator/errors.ts';
import { ProcessFigures } from './process-figures.ts';
import { ProcessReader } from './process-reader.ts';
import type { ProcessReport } from './report.ts';
import type { ProcessSample } from './sample.ts';

const PERIOD_MS = 1000;

/** Watches a process of this machine every second, from `start` to `stop`. */
export class ProcessWatch {
  readonly #reader: ProcessReader;
  readonly #figures: ProcessFigures;
  #timer: NodeJS.Timeout | undefined;

  /** @throws EmuError EMU_E_USAGE_BROKER_PID for a process that cannot be watched */
  constructor(pid: number, platform: NodeJS.Platform = process.platform) {
    this.#reader = new ProcessReader(pid);
    this.#figures = new ProcessFigures(pid);
    requireReadable(this.#reader, pid, platform);
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), PERIOD_MS);
    this.#look();
  }

  /** The second time it does nothing. */
  stop(): void {
    if (this.#timer !== undefined) this.#look();
    this.#end();
  }

  get report(): ProcessReport {
    return this.#figures.report();
  }

  #look(): void {
    const sample = this.#sample();
    if (sample === undefined) {
      this.#figures.end();
      this.#end();
    } else this.#figures.add(sample);
  }

  /** A process that may not be looked at any more is as good as gone. */
  #sample(): ProcessSample | undefined {
    try {
      return this.#reader.read();
    } catch {
      return undefined;
    }
  }

  #end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

function requireReadable(reader: ProcessReader, pid: number, platform: NodeJS.Platform): void {
  if (platform !== 'linux') throw unwatchable(pid, `this is ${platform}, and only the /proc of Linux says it`);
  let sample: unknown;
  try {
    sample = reader.read();
  } catch (error) {
    throw unwatchable(pid, `the system refuses it (${(error as NodeJS.ErrnoException).code})`);
  }
  if (sample === undefined) throw unwatchable(pid, 'there is no such process');
}

function unwatchable(pid: number, why: string): EmuError {
  return new EmuError('EMU_E_USAGE_BROKER_PID', `--broker-pid: process ${pid} cannot be watched: ${why}`, {
    value: pid,
    hint: 'Name the process of a broker on this machine, as its own user or as root; `pgrep mosquitto` finds it.',
  });
}
