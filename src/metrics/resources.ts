import { performance } from 'node:perf_hooks';
import type { BusyMeter } from './generator-watch.ts';

/** What a run costs a process. The embedded broker and the probe are others and never count. */
export interface ResourceUse {
  /** User and system time from the first arrival to the end. */
  readonly cpuUs: number;
  /** Growth of the resident set from before the devices were provisioned to the end. */
  readonly rssBytes: number;
}

export interface ProcessMeter {
  cpuUs(): number;
  rssBytes(): number;
}

const thisProcess: ProcessMeter = {
  cpuUs() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
  rssBytes: () => process.memoryUsage.rss(),
};

/** Of this process, for its watch. */
export const processBusy: BusyMeter = {
  loopBusyMs: () => performance.eventLoopUtilization().active,
  cpuUs: thisProcess.cpuUs,
};

/** Reads the process before the devices are provisioned, at the first arrival and at the end. */
export class ResourceMeter {
  readonly #process: ProcessMeter;
  readonly #rssBefore: number;
  #cpuBefore: number;
  #end: ResourceUse | undefined;

  constructor(meter: ProcessMeter = thisProcess) {
    this.#process = meter;
    this.#rssBefore = meter.rssBytes();
    this.#cpuBefore = meter.cpuUs();
  }

  firstArrival(): void {
    this.#cpuBefore = this.#process.cpuUs();
  }

  /** Until now, or until the end once that has come. */
  use(): ResourceUse {
    return (
      this.#end ?? {
        cpuUs: this.#process.cpuUs() - this.#cpuBefore,
        rssBytes: Math.max(0, this.#process.rssBytes() - this.#rssBefore),
      }
    );
  }

  /** The devices are still there: what is resident now is theirs. Only the first call counts. */
  end(): void {
    this.#end ??= this.use();
  }
}
