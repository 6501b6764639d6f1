import type { DeviceFailure } from '../../device/index.ts';
import type { RegistrationResult } from './dps-answer.ts';
import { dpsUserName } from './names.ts';
import { Registration } from './registration.ts';
import { SdkSession } from './sdk-session.ts';
import type { Station } from './station.ts';

/** What an attempt to register came to. */
export type AttemptEnd =
  | { readonly hub: string; readonly deviceId: string }
  | { readonly failure: DeviceFailure; readonly result: RegistrationResult };

/** What an attempt reports beside what is observed of every connection. */
export interface AttemptEvents {
  dialling(): void;
  /** CONNACK 0. */
  accepted(): void;
  ended(end: AttemptEnd): void;
}

/** How TLS names the end of a connection. */
const CLOSED: ReadonlySet<string> = new Set(['CLOSE_NOTIFY', 'EMU_E_TLS_TRUNCATED']);

/** One connection to the DPS with one registration on it. */
export class DpsAttempt {
  readonly #session: SdkSession;
  readonly #registration: Registration;
  readonly #events: AttemptEvents;
  #isOver = false;

  /** @param createdAt when the provisioning client was made */
  constructor(station: Station, registrationId: string, createdAt: number, events: AttemptEvents) {
    this.#events = events;
    const { fleet, observe, board } = station;
    const { profile, route, surroundings } = fleet;
    const { dps, sdk } = profile;
    this.#session = new SdkSession(
      station,
      {
        ...{ host: route.host, port: route.port, clientId: registrationId },
        username: dpsUserName(dps, registrationId, sdk.clientVersion),
        cleanSession: true,
        keepAliveSeconds: dps.keepAliveSeconds,
      },
      {
        dialling: () => events.dialling(),
        connecting: () => this.#registration.start(),
        event: (event) => {
          if (event.type === 'connack' && event.code === 0) events.accepted();
          this.#registration.receive(event);
        },
        taken: () => {},
        lost: (failure) => this.#lost(failure),
      },
    );
    const { clock } = surroundings;
    this.#registration = new Registration(
      { profile, registrationId, createdAt, clock, rng: board.rng.fork('retry-after') },
      this.#session.client,
      {
        status: (status) => observe({ type: 'azure-dps.status', status }),
        step: (step, ms) => observe({ type: 'provisioningStep', step, ms }),
        answered: (status) => observe({ type: 'provisioningAnswer', status }),
        retried: (status) => observe({ type: 'provisioningRetried', status }),
        assigned: (hub, deviceId) => this.#end({ hub, deviceId }),
        failed: (failure, result) => this.#end({ failure, result }),
      },
    );
  }

  start(): void {
    this.#session.open();
  }

  stop(): void {
    this.#isOver = true;
    this.#registration.stop();
    this.#session.close();
  }

  #lost(failure: DeviceFailure): void {
    const { step, code, message } = failure;
    const isClosed = this.#session.accepted && step === 'tls' && CLOSED.has(code);
    this.#end({ failure: isClosed ? { step: 'dps', code: 'CLOSED', message } : failure, result: 'TRANSPORT' });
  }

  #end(end: AttemptEnd): void {
    if (this.#isOver) return;
    this.stop();
    this.#events.ended(end);
  }
}
