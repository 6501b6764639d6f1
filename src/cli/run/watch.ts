import type { DeviceTap } from '../../../emulator/device/index.ts';
import { EmuError } from '../../../emulator/errors.ts';
import { firmwareOf } from '../../../emulator/firmware/index.ts';
import { type ProbeReport, startProbe } from '../../probe/index.ts';
import { fileTrouble, type OutputDirectory } from '../../report/index.ts';
import type { FleetProbe, ProbeAccess, RunPlan, WireTap } from '../../run/index.ts';
import { Capture, DeviceTrace } from '../../trace/index.ts';
import type { WatchRequest } from './watch-request.ts';

export interface WatchOutputs {
  /** Where the console's lines go. */
  readonly console: (line: string) => void;
  readonly warn: (line: string) => void;
  readonly directory: OutputDirectory | undefined;
}

/** What looks at a run from beside it. */
export class Watch {
  readonly #request: WatchRequest;
  readonly #outputs: WatchOutputs;
  readonly #trace: DeviceTrace | undefined;
  readonly #capture: Capture | undefined;
  readonly #telemetry: string;
  #report: ProbeReport | undefined;
  #failure: EmuError | undefined;

  /** @throws EmuError EMU_E_USAGE_OUT when a file cannot be begun */
  constructor(request: WatchRequest, { profile }: Pick<RunPlan, 'profile'>, outputs: WatchOutputs) {
    this.#request = request;
    this.#outputs = outputs;
    const firmware = firmwareOf(profile);
    this.#telemetry = firmware.traffic(profile).telemetryFilter;
    if (request.trace !== undefined) this.#trace = this.#newTrace(request.trace, firmware.sensorAddress(profile));
    const { pcap } = request;
    if (pcap !== undefined) this.#capture = begun(pcap, () => new Capture(pcap, (error) => this.#failed(error)));
  }

  /** What was asked for and could not be had to the end. */
  get failure(): EmuError | undefined {
    return this.#failure;
  }

  /** What the probe saw, once the run is over. */
  get report(): ProbeReport | undefined {
    return this.#report;
  }

  get probe(): ((access: ProbeAccess) => Promise<FleetProbe>) | undefined {
    const { probe } = this.#request;
    return probe && ((access) => this.#newProbe(access, probe === 'telemetry' ? [this.#telemetry] : probe));
  }

  get wire(): WireTap | undefined {
    return this.#capture;
  }

  /** Device `k` is powered up next. */
  tap(k: number): DeviceTap | undefined {
    const console = k === this.#request.console ? { console: this.#outputs.console } : undefined;
    const trace = k === this.#request.trace ? this.#trace : undefined;
    if (trace === undefined) return console;
    trace.begin();
    return {
      secureElement: (bus, clock) => trace.secureElement(bus, clock),
      sensor: (bus, clock) => trace.sensor(bus, clock),
      packet: (direction, bytes) => trace.packet(direction, bytes),
      ...console,
    };
  }

  close(): void {
    this.#trace?.close();
    this.#capture?.close();
  }

  #newTrace(k: number, sensorAddress: number | undefined): DeviceTrace | undefined {
    const { directory } = this.#outputs;
    if (directory === undefined) return undefined;
    const [i2cPath, mqttPath] = [directory.pathOf(`device-${k}.i2c.txt`), directory.pathOf(`device-${k}.mqtt.txt`)];
    const onFailure = (error: EmuError) => this.#failed(error);
    return begun(i2cPath, () => new DeviceTrace({ i2cPath, mqttPath, sensorAddress, onFailure }));
  }

  async #newProbe({ broker, authorities, identity }: ProbeAccess, filters: readonly string[]): Promise<FleetProbe> {
    const trusted = authorities === 'system' ? undefined : authorities;
    const probe = await startProbe({ ...broker, ...identity, authorities: trusted, filters });
    return {
      sent: (packet) => probe.sent(packet),
      finish: async () => {
        try {
          this.#report = await probe.finish();
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

function begun<T>(path: string, begin: () => T): T {
  try {
    return begin();
  } catch (cause) {
    throw new EmuError('EMU_E_USAGE_OUT', `cannot write ${path}: ${fileTrouble(cause)}`, {
      value: path,
      hint: 'Name a place that you may write to.',
      cause,
    });
  }
}
