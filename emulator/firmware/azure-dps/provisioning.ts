import { sleep } from '../../clock/index.ts';
import { chipFailure, type DeviceFailure } from '../../device/index.ts';
import type { Rng } from '../../rng/index.ts';
import { backoffMs } from './backoff.ts';
import { type AttemptEnd, DpsAttempt } from './dps-attempt.ts';
import { HubTrial, type TrialEnd } from './hub-trial.ts';
import { createHsm, writeRecord } from './record-task.ts';
import type { Station } from './station.ts';

/** Ends of a registration that the next attempt may mend; a refusal is not one. */
const MENDED: ReadonlySet<string> = new Set(['dps.TIMEOUT', 'dps.CLOSED', 'dps.CONNACK_3']);

/**
 * azure_task: registers at the DPS, tries the hub that it names, and writes the record.
 *
 * Quirk: the record is written whatever came of the trial.
 */
export class Provisioning {
  readonly #station: Station;
  readonly #jitter: Rng;
  #current: { stop(): void } | undefined;
  #dialledAt: number | undefined;
  #connected = false;
  #stopped = false;

  constructor(station: Station) {
    this.#station = station;
    this.#jitter = station.board.rng.fork('backoff');
  }

  stop(): void {
    this.#stopped = true;
    this.#current?.stop();
  }

  /** Resolves to the hub of the record; to undefined when the device stays down, and not at all when it was stopped. */
  async run(): Promise<string | undefined> {
    const { observe } = this.#station;
    observe({ type: 'provisioningBegan' });
    observe({ type: 'azure-dps.begun' });
    try {
      const assigned = await this.#register();
      if (assigned === undefined) return undefined;
      await this.#tryHub(assigned.hub, assigned.deviceId);
      return await this.#record(assigned.hub);
    } catch (error) {
      observe({ type: 'bootFailed', failure: chipFailure(error) });
      return undefined;
    }
  }

  async #register(): Promise<{ readonly hub: string; readonly deviceId: string } | undefined> {
    const { fleet, observe } = this.#station;
    const { backoff } = fleet.profile.sdk;
    for (let failures = 1; ; failures++) {
      const end = await this.#attempt();
      if ('hub' in end) {
        observe({ type: 'azure-dps.registered', ...end });
        observe({ type: 'assigned', hub: end.hub });
        // The application's loop sleeps once more before it sees that it is over.
        await sleep(fleet.surroundings.clock, fleet.profile.dps.loopMs);
        return end;
      }
      observe({ type: 'azure-dps.registrationFailed', result: end.result });
      if (backoff === 'none' || !isMended(end.failure)) {
        observe({ type: 'bootFailed', failure: end.failure });
        return undefined;
      }
      observe({ type: 'attemptFailed', failure: end.failure });
      await this.#wait(backoffMs(backoff, failures, this.#jitter));
    }
  }

  async #attempt(): Promise<AttemptEnd> {
    const station = this.#station;
    const { clock } = station.fleet.surroundings;
    const createdAt = clock.now();
    const registrationId = await createHsm(station);
    return this.#until((ended) => {
      return new DpsAttempt(station, registrationId, createdAt, {
        dialling: () => {
          this.#dialledAt ??= clock.now();
        },
        accepted: () => this.#accepted(),
        ended,
      });
    });
  }

  #accepted(): void {
    const now = this.#station.fleet.surroundings.clock.now();
    const ms = now - (this.#dialledAt ?? now);
    if (!this.#connected) this.#station.observe({ type: 'provisioningStep', step: 'connect', ms });
    this.#connected = true;
  }

  async #tryHub(hub: string, deviceId: string): Promise<void> {
    const station = this.#station;
    const { observe } = station;
    observe({ type: 'azure-dps.trialBegins' });
    await createHsm(station);
    observe({ type: 'azure-dps.trialBegan', messages: station.fleet.profile.trial.messages });
    const end = await this.#until<TrialEnd>((ended) => new HubTrial(station, hub, deviceId, ended));
    if ('ms' in end) observe({ type: 'provisioningStep', step: 'hub', ms: end.ms });
    else observe({ type: 'attemptFailed', failure: end.failure });
  }

  async #record(hub: string): Promise<string | undefined> {
    const station = this.#station;
    const { clock } = station.fleet.surroundings;
    const beganAt = clock.now();
    station.observe({ type: 'azure-dps.recording', hub });
    if (!(await writeRecord(station, hub))) {
      const message = 'what the chip has of the record is not what was written';
      station.observe({ type: 'bootFailed', failure: { step: 'dps', code: 'RECORD_DIFFERS', message } });
      return undefined;
    }
    station.observe({ type: 'provisioningStep', step: 'record', ms: clock.now() - beganAt });
    station.observe({ type: 'provisioned', hub });
    return hub;
  }

  /** Starts what `make` makes, and resolves to its end. */
  #until<End>(make: (ended: (end: End) => void) => { start(): void; stop(): void }): Promise<End> {
    return new Promise((resolve) => {
      if (this.#stopped) return;
      const task = make(resolve);
      this.#current = task;
      task.start();
    });
  }

  #wait(ms: number): Promise<void> {
    return this.#until((ended) => {
      let cancel = () => {};
      return {
        start: () => {
          cancel = this.#station.fleet.surroundings.clock.alarm(ms, () => ended(undefined));
        },
        stop: () => cancel(),
      };
    });
  }
}

function isMended({ step, code }: DeviceFailure): boolean {
  return step !== 'dps' || MENDED.has(`${step}.${code}`);
}
