import { EmuError } from '../../../emulator/errors.ts';
import { firmwareOf } from '../../../emulator/firmware/index.ts';
import { type BrokerReport, ProcessWatch } from '../../broker-watch/index.ts';
import { type DeliveryByKind, type Probe, type ProbeReport, type SysReport, startProbe } from '../../probe/index.ts';
import type { OutputDirectory } from '../../report/index.ts';
import type { FleetProbe, FleetRunOptions, ProbeAccess, RunPlan, RunRecords } from '../../run/index.ts';
import { CaptureFile, TraceFiles } from '../../trace/index.ts';
import { traceNames, type WatchRequest } from './watch-request.ts';

interface WatchOutputs {
  /** Where the console's lines go. */
  readonly console: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly directory: OutputDirectory | undefined;
}

/** What looks at a run from beside it. */
export class Watch {
  readonly #request: WatchRequest;
  readonly #outputs: WatchOutputs;
  readonly #trace: TraceFiles | undefined;
  readonly #capture: CaptureFile | undefined;
  readonly #telemetry: readonly string[];
  #brokerProcess: ProcessWatch | undefined;
  #probe: Probe | undefined;
  #report: ProbeReport | undefined;
  #sys: SysReport | undefined;
  #failure: EmuError | undefined;

  /** @throws EmuError EMU_E_USAGE_OUT when a file cannot be begun */
  constructor(request: WatchRequest, { profile }: Pick<RunPlan, 'profile'>, outputs: WatchOutputs) {
    this.#request = request;
    this.#outputs = outputs;
    const { telemetryFilter } = firmwareOf(profile).traffic(profile);
    this.#telemetry = telemetryFilter === undefined ? [] : [telemetryFilter];
    this.#brokerProcess = request.brokerProcess;
    if (request.trace !== undefined) this.#trace = this.#newTrace(request.trace);
    const { pcap } = request;
    if (pcap !== undefined) this.#capture = new CaptureFile(pcap, (error) => this.#failed(error));
  }

  /** What was asked for and could not be had to the end. */
  get failure(): EmuError | undefined {
    return this.#failure;
  }

  /** What the probe saw, once the run is over. */
  get report(): ProbeReport | undefined {
    return this.#report;
  }

  /** What the probe has seen until now, by filter. */
  get deliveries(): readonly DeliveryByKind[] {
    return this.#probe?.deliveries ?? [];
  }

  /** What was seen of the broker itself, once the run is over. */
  get broker(): BrokerReport | undefined {
    const [seen, sys] = [this.#brokerProcess?.report, this.#sys];
    if (seen === undefined) return sys && { sys };
    return { ...seen, ...(sys && { sys }) };
  }

  /** Whether the broker has waited for a CPU until now, because this machine had none left. */
  get brokerStarved(): boolean {
    return this.#brokerProcess?.report.starved ?? false;
  }

  get probe(): FleetRunOptions['probe'] {
    const { probe, brokerSys } = this.#request;
    if (probe === undefined && !brokerSys) return undefined;
    const filters = probe === 'telemetry' ? this.#telemetry : (probe ?? []);
    return { publishes: probe !== undefined, start: (access, signal) => this.#newProbe(access, filters, signal) };
  }

  /** Where the run puts what is written down of it. */
  get records(): RunRecords {
    const { console, trace } = this.#request;
    const [files, capture] = [this.#trace, this.#capture];
    return {
      ...(console !== undefined && { console: { device: console, write: this.#outputs.console } }),
      ...(trace !== undefined && files && { trace: { device: trace, write: (file, line) => files.write(file, line) } }),
      ...(capture && { wire: (blocks) => capture.write(blocks) }),
    };
  }

  /** The broker's process is one of this run's own. Nobody asked to watch it: where that is not possible, the run does without. */
  embeddedBroker(pid: number): void {
    try {
      this.#brokerProcess = new ProcessWatch(pid);
    } catch (error) {
      if (!(error instanceof EmuError)) throw error;
    }
  }

  /** The first device arrives. */
  begin(): void {
    this.#brokerProcess?.start();
  }

  /** The run is over and its devices are still there. */
  end(): void {
    this.#brokerProcess?.stop();
  }

  close(): void {
    this.end();
    this.#trace?.close();
    this.#capture?.close();
  }

  #newTrace(k: number): TraceFiles | undefined {
    const { directory } = this.#outputs;
    if (directory === undefined) return undefined;
    const { i2c, mqtt } = traceNames(k);
    return new TraceFiles({ i2c: directory.pathOf(i2c), mqtt: directory.pathOf(mqtt) }, (error) => this.#failed(error));
  }

  async #newProbe(
    { broker, serverName, trusted, identity }: ProbeAccess,
    filters: readonly string[],
    signal: AbortSignal,
  ): Promise<FleetProbe> {
    const anchors = trusted === 'system' ? undefined : trusted;
    const { probe: asked, brokerSys } = this.#request;
    const to = { ...broker, serverName, ...identity, trusted: anchors };
    const probe = await startProbe({ ...to, filters, sys: brokerSys }, signal);
    this.#probe = probe;
    return {
      sent: (batch) => probe.sent(batch),
      finish: async () => {
        try {
          const { report, sys } = await probe.finish();
          if (asked !== undefined) this.#report = report;
          if (brokerSys) this.#sys = sys;
        } catch (error) {
          if (!(error instanceof EmuError)) throw error;
          this.#failed(error);
        }
      },
    };
  }

  #failed(error: EmuError): void {
    this.#failure ??= error;
    this.#outputs.warn(`warning: ${error.message}; the run goes on without it`);
  }
}
