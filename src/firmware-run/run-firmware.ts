import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { EmuError } from '../../emulator/errors.ts';
import { firmwareOf } from '../../emulator/firmware/index.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import { type RunningBoards, type ServedBoard, startBoards } from '../board/index.ts';
import { createCa, DeviceFactory, identityOf, loadCa } from '../factory/index.ts';
import { type BrokerAddress, openBroker, type RunBroker, type RunPlan } from '../run/index.ts';
import { buildFirmware } from './build.ts';
import { personalise } from './personalise.ts';
import type { FirmwareFailure, FirmwareReport } from './report.ts';
import { RunningDevice } from './running-device.ts';

/** Chips that are personalised at a time. */
const AT_A_TIME = 8;
const LOOK_MS = 2000;

/** Where a run is. */
export type FirmwarePhase =
  | { readonly phase: 'building' }
  | { readonly phase: 'provisioning'; readonly provisioned: number; readonly of: number }
  | { readonly phase: 'broker'; readonly broker: BrokerAddress; readonly embedded: boolean }
  | { readonly phase: 'running' };

export interface FirmwareRunOptions {
  readonly environment: NodeJS.ProcessEnv;
  /** Aborted: the devices end, and the report is what became of them until then. */
  readonly signal: AbortSignal;
  readonly onPhase?: (phase: FirmwarePhase) => void;
  /** A line of a device's console. */
  readonly onLine?: (device: number, line: string) => void;
  /** A failure, as it happens. */
  readonly onFailure?: (failure: FirmwareFailure) => void;
}

type Plan = Pick<
  RunPlan,
  'profile' | 'count' | 'durationMs' | 'intervalMs' | 'broker' | 'cloud' | 'trust' | 'pace' | 'seed' | 'ca' | 'years'
>;

/**
 * Builds the firmware of a profile, puts it onto boards of this process, has it personalise their chips, and runs it against a
 * broker or a cloud, each device in a process of its own.
 * @throws EmuError EMU_E_FIRMWARE_…, EMU_E_PROFILE_…, EMU_E_BOARD_…, EMU_E_CLOUD…
 */
export async function runFirmware(plan: Plan, options: FirmwareRunOptions): Promise<FirmwareReport> {
  const { environment, signal, onPhase } = options;
  const { profile, count, pace, years } = plan;
  const seed = plan.seed ?? randomBytes(32).toString('hex');
  const rng = rootRng(seed);
  const issuing = { rng, now: new Date(), names: profile.certificates, ...(years !== undefined && { years }) };
  const ca = plan.ca === undefined ? createCa(issuing) : loadCa(plan.ca, issuing);
  const factory = new DeviceFactory({ rng, ca, profile });

  onPhase?.({ phase: 'building' });
  const { intervalMs } = plan;
  const program = await buildFirmware({ profile, intervalMs, definitions: factory.definitions }, environment);
  const directory = mkdtempSync(join(tmpdir(), 'emu-firmware-'));
  let boards: RunningBoards | undefined;
  let broker: RunBroker | undefined;
  try {
    boards = await startBoards({
      ...{ count, chips: undefined, sensor: profile.sensor.address, fleet: undefined, state: undefined },
      ...{ seed, pace, uart: undefined, port: undefined },
    });
    const run = new FirmwareRun(plan, options, program, boards.boards);
    await run.provision({ ca, factory });
    if (signal.aborted) return run.report(true);

    broker = await openBroker(plan, ca, rng.fork('broker'));
    onPhase?.({ phase: 'broker', broker: broker.address, embedded: plan.broker === 'embedded' });
    const trusted = join(directory, 'ca.pem');
    writeFileSync(trusted, (broker.trusted === 'system' ? rootCertificates : broker.trusted).join('\n'));
    onPhase?.({ phase: 'running' });
    await run.devices(broker, trusted, (k) => identityOf(rng, k).macTail);
    return run.report(run.connected > 0 || (await isReachable(broker.address)));
  } finally {
    await broker?.stop();
    await boards?.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The devices of one run. */
class FirmwareRun {
  readonly #plan: Plan;
  readonly #options: FirmwareRunOptions;
  readonly #program: string;
  readonly #boards: readonly ServedBoard[];
  readonly #serialNumbers = new Map<number, string>();
  readonly #devices: RunningDevice[] = [];
  readonly #failures: FirmwareFailure[] = [];

  constructor(plan: Plan, options: FirmwareRunOptions, program: string, boards: readonly ServedBoard[]) {
    this.#plan = plan;
    this.#options = options;
    this.#program = program;
    this.#boards = boards;
  }

  get connected(): number {
    return this.#devices.filter(({ console }) => console.connections > 0).length;
  }

  /** Makes each chip a device of the fleet; one that fails has no firmware to run. */
  async provision(issuing: Parameters<typeof personalise>[2]): Promise<void> {
    const { signal, onPhase } = this.#options;
    const left = [...this.#boards.keys()];
    const worker = async () => {
      for (let k = left.shift(); k !== undefined && !signal.aborted; k = left.shift()) {
        try {
          this.#serialNumbers.set(k, await personalise(this.#program, this.#i2cOf(k), issuing));
        } catch (error) {
          if (!(error instanceof EmuError)) throw error;
          this.#failed({ device: k, step: 'provisioning', reason: error.message, exit_code: null });
        }
        onPhase?.({ phase: 'provisioning', provisioned: this.#serialNumbers.size, of: this.#boards.length });
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, worker));
  }

  /** Runs them for the planned time, unless the run is aborted or nothing is left to run. */
  async devices(broker: RunBroker, trusted: string, macTailOf: (k: number) => Uint8Array): Promise<void> {
    const { signal, onLine } = this.#options;
    const { address, resolutions } = broker;
    for (const [k, commonName] of this.#serialNumbers) {
      const device = new RunningDevice(k, {
        program: this.#program,
        ...{ profile: this.#plan.profile, i2c: this.#i2cOf(k), broker: address, resolutions, trusted },
        ...{ macTail: macTailOf(k), commonName, onLine: (line: string) => onLine?.(k, line) },
      });
      this.#devices.push(device);
      device.died.then(({ code, how }) => this.#failed(failureOf(device, code, how)));
    }
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, this.#plan.durationMs);
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      await Promise.race([over, broker.died, Promise.all(this.#devices.map(({ ended }) => ended))]);
    } finally {
      clearTimeout(timer);
      for (const device of this.#devices) device.look();
      await Promise.all(this.#devices.map((device) => device.stop()));
    }
  }

  report(reachable: boolean): FirmwareReport {
    const consoles = this.#devices.map(({ console }) => console);
    const sum = (of: (device: (typeof consoles)[number]) => number) => consoles.reduce((all, one) => all + of(one), 0);
    const registers = firmwareOf(this.#plan.profile).service(this.#plan.profile) === 'azure';
    return {
      devices: {
        count: this.#boards.length,
        provisioned: this.#serialNumbers.size,
        registered: registers ? sum(({ registered }) => Number(registered)) : null,
        connected: this.connected,
        connected_at_end: this.#devices.filter(({ connectedAtEnd }) => connectedAtEnd).length,
      },
      connections: sum(({ connections }) => connections),
      messages: { published: sum(({ published }) => published), not_sent: sum(({ refused }) => refused) },
      failures: [...this.#failures, ...this.#unconnected()],
      reachable,
    };
  }

  /** Those that run, and are not where they should be. */
  #unconnected(): FirmwareFailure[] {
    return this.#devices
      .filter(({ connectedAtEnd, diedItself }) => !connectedAtEnd && !diedItself)
      .map((device) => failureOf(device, null, 'it printed nothing'));
  }

  #i2cOf(k: number): string {
    return `tcp:127.0.0.1:${this.#boards[k]?.ports.i2c}`;
  }

  #failed(failure: FirmwareFailure): void {
    this.#failures.push(failure);
    this.#options.onFailure?.(failure);
  }
}

function failureOf({ index, console, complaint }: RunningDevice, code: number | null, how: string): FirmwareFailure {
  const said = [console.lastLine, complaint].filter((line) => line !== '').join('; ');
  return { device: index, step: 'running', reason: said === '' ? how : said, exit_code: code };
}

/** Whether a TCP connection is accepted there. */
function isReachable({ host, port }: BrokerAddress): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (reachable: boolean) => {
      socket.destroy();
      resolve(reachable);
    };
    socket.setTimeout(LOOK_MS, () => answer(false));
    socket.once('connect', () => answer(true)).once('error', () => answer(false));
  });
}
