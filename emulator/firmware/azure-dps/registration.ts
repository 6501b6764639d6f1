import { type Clock, patience } from '../../clock/index.ts';
import type { DeviceFailure, ProvisioningStep } from '../../device/index.ts';
import type { Rng } from '../../rng/index.ts';
import { PacketIds, type UmqttClient, type UmqttEvent } from '../../umqtt/index.ts';
import { backoffMs } from './backoff.ts';
import { type DpsAnswer, dpsAnswer, type RegistrationResult } from './dps-answer.ts';
import { DPS_ANSWERS, registerTopic, statusTopic } from './names.ts';
import type { AzureDpsProfile } from './profile.ts';
import { WorkLoop } from './work-loop.ts';

/** The client counts the time between two requests as if it had asked this long after it was made (PROV_GET_THROTTLE_TIME). */
const CREATION_COUNTS_AS_MS = 1000;
const LONGEST_RETRY_AFTER_SECONDS = 300;
const NOTHING = () => {};

/** What a registration reports. */
export interface RegistrationEvents {
  /** The application's status callback. */
  status(status: 'CONNECTED' | 'ASSIGNING'): void;
  step(step: Extract<ProvisioningStep, 'register' | 'assign'>, ms: number): void;
  answered(status: number): void;
  /** It asks again because of this status. */
  retried(status: number): void;
  assigned(hub: string, deviceId: string): void;
  failed(failure: DeviceFailure, result: RegistrationResult): void;
}

/** What a registration is made of. */
export interface RegistrationParts {
  readonly profile: Pick<AzureDpsProfile, 'dps' | 'sdk'>;
  readonly registrationId: string;
  /** When the provisioning client was made, on `clock`. */
  readonly createdAt: number;
  readonly clock: Clock;
  readonly rng: Rng;
}

type Request = 'register' | 'poll';
type Peer = Pick<UmqttClient, 'subscribe' | 'publish'>;

/**
 * One registration over one connection, as the SDK's state machines do it together: the transport subscribes, asks, and reads
 * one answer at a time; the client decides what to ask, and when.
 *
 * Quirk: with `retryAfter: ignored` a register request that is put off is repeated with the next turn of the loop.
 * Quirk: a poll is timed from the one before, and the first from a second after the client was made. Before that second is over
 * the unsigned difference is huge, and the poll goes out at once.
 * Quirk: a registration polls for ever. Nothing but `answerTimeoutMs` ends it, and the first firmware has none.
 */
export class Registration {
  readonly #parts: RegistrationParts;
  readonly #peer: Peer;
  readonly #events: RegistrationEvents;
  readonly #ids = new PacketIds(0);
  readonly #loop: WorkLoop;
  readonly #inbox: UmqttEvent[] = [];
  #state: 'connecting' | 'connected' | 'subscribing' | 'subscribed' | 'over' = 'connecting';
  /** What is to be asked when its time has come. */
  #wanted: Request | undefined;
  /** What goes out with the next turn. */
  #sending: Request | undefined;
  /** What was decided last, until its answer is there. */
  #awaited: Request | undefined;
  #answer: DpsAnswer | undefined;
  #operationId = '';
  /** What the time to the next request is counted from. */
  #reference: number;
  #gapMs: number;
  /** How often in a row it was put off, and by what status the last time. */
  #putOffs = 0;
  #putOffBy: number | undefined;
  #stepBegan: number | undefined;
  #registered = false;
  #cancelTimeout = NOTHING;

  constructor(parts: RegistrationParts, peer: Peer, events: RegistrationEvents) {
    this.#parts = parts;
    this.#peer = peer;
    this.#events = events;
    const { loopMs, pollMs } = parts.profile.dps;
    this.#loop = new WorkLoop(parts.clock, loopMs, () => this.#work());
    this.#reference = parts.createdAt + CREATION_COUNTS_AS_MS;
    this.#gapMs = pollMs;
  }

  /** CONNECT is on its way: the turn of the loop that connected is over. */
  start(): void {
    this.#loop.start();
    this.#awaitAnswer();
  }

  stop(): void {
    this.#state = 'over';
    this.#loop.stop();
    this.#cancelTimeout();
  }

  /** From the MQTT client; it is looked at with the next turn. */
  receive(event: UmqttEvent): void {
    if (this.#state === 'over') return;
    // What a message carries is only lent.
    this.#inbox.push(event.type === 'message' ? { ...event, payload: event.payload.slice() } : event);
    this.#loop.wake();
  }

  #work(): void {
    const wasConnected = this.#state === 'connected';
    for (const event of this.#inbox.splice(0)) this.#read(event);
    if (wasConnected && this.#state === 'connected') this.#subscribe();
    else if (this.#state === 'subscribed') this.#turn();
    if (this.#state === 'over') return;
    this.#decide();
    if (this.#sending !== undefined || this.#state === 'connected') this.#loop.wake();
  }

  #read(event: UmqttEvent): void {
    if (this.#state === 'over') return;
    switch (event.type) {
      case 'connack':
        if (event.code !== 0) {
          const message = `the DPS answered CONNECT with CONNACK ${event.code}`;
          this.#fail({ step: 'dps', code: `CONNACK_${event.code}`, message }, 'DEV_AUTH_ERROR');
        } else if (this.#state === 'connecting') this.#state = 'connected';
        break;
      case 'suback':
        if (event.refused) {
          const message = 'the DPS refused the subscription to its answers';
          this.#fail({ step: 'dps', code: 'SUBSCRIPTION_REFUSED', message }, 'TRANSPORT');
        } else if (this.#state === 'subscribing') this.#state = 'subscribed';
        break;
      case 'message':
        // Quirk: any message is taken for the answer, whatever its topic and request id. The last one of a turn counts.
        this.#answer = dpsAnswer(event.topic, event.payload);
        this.#sending = undefined;
        this.#events.answered(this.#answer.status);
    }
  }

  #subscribe(): void {
    this.#peer.subscribe(this.#ids.next(), [{ topic: DPS_ANSWERS, qos: 1 }]);
    this.#state = 'subscribing';
    this.#wanted = 'register';
    this.#events.status('CONNECTED');
    this.#awaitAnswer();
  }

  /** The transport's part of a turn. */
  #turn(): void {
    const answer = this.#answer;
    this.#answer = undefined;
    if (answer !== undefined) this.#handle(answer);
    else if (this.#sending !== undefined) this.#ask(this.#sending);
  }

  /** Quirk: the topic has the last packet id, and the message takes the next, which with QoS 0 nobody sees. */
  #ask(request: Request): void {
    this.#sending = undefined;
    const { dps } = this.#parts.profile;
    const rid = this.#ids.last;
    const topic = request === 'register' ? registerTopic(rid) : statusTopic(rid, this.#operationId);
    const body = dps.requestBody === 'empty' ? '' : JSON.stringify({ registrationId: this.#parts.registrationId });
    this.#stepBegan ??= this.#parts.clock.now();
    this.#peer.publish(topic, body, 0, this.#ids.next());
    this.#awaitAnswer();
  }

  #handle({ status, retryAfterSeconds, outcome }: DpsAnswer): void {
    this.#cancelTimeout();
    this.#gapMs = this.#gapAfter(retryAfterSeconds, outcome.kind === 'putOff');
    if (outcome.kind === 'putOff') {
      if (this.#awaited === undefined) return;
      this.#wanted = this.#awaited;
      this.#awaited = undefined;
      this.#putOffBy = status;
      return;
    }
    if (!this.#registered) this.#step('register');
    this.#registered = true;
    switch (outcome.kind) {
      case 'assigning':
        // Quirk: the first operation id stays.
        this.#operationId ||= outcome.operationId;
        this.#wanted = 'poll';
        this.#events.status('ASSIGNING');
        break;
      case 'assigned':
        this.stop();
        this.#step('assign');
        this.#events.assigned(outcome.hub, outcome.deviceId);
        break;
      case 'refused':
        this.#fail({ step: 'dps', code: outcome.code, message: outcome.message }, outcome.result);
    }
  }

  /** How long after the last request the next may go out, ms. */
  #gapAfter(retryAfterSeconds: number | undefined, isPutOff: boolean): number {
    const { dps, sdk } = this.#parts.profile;
    this.#putOffs = isPutOff ? this.#putOffs + 1 : 0;
    if (dps.retryAfter === 'ignored') return dps.pollMs;
    const asked =
      retryAfterSeconds === undefined
        ? dps.pollMs
        : Math.max(dps.pollMs, Math.min(retryAfterSeconds, LONGEST_RETRY_AFTER_SECONDS) * 1000);
    if (!isPutOff || sdk.backoff === 'none') return asked;
    return Math.max(asked, backoffMs(sdk.backoff, this.#putOffs, this.#parts.rng));
  }

  /** The client's part of a turn. */
  #decide(): void {
    const request = this.#wanted;
    if (request === undefined) return;
    const now = this.#parts.clock.now();
    const due = this.#reference + this.#gapMs;
    const isPaced = request === 'poll' || this.#parts.profile.dps.retryAfter === 'honoured';
    if (isPaced && now >= this.#reference && now < due) {
      this.#loop.wakeAt(due);
      return;
    }
    if (isPaced) this.#reference = now;
    this.#wanted = undefined;
    this.#awaited = request;
    this.#sending = request;
    if (this.#putOffBy !== undefined) this.#events.retried(this.#putOffBy);
    this.#putOffBy = undefined;
  }

  #step(step: 'register' | 'assign'): void {
    const now = this.#parts.clock.now();
    this.#events.step(step, now - (this.#stepBegan ?? now));
    this.#stepBegan = now;
  }

  /** The DPS was asked: the time that it has for its answer begins. */
  #awaitAnswer(): void {
    this.#cancelTimeout();
    const { answerTimeoutMs } = this.#parts.profile.dps;
    if (answerTimeoutMs === 0 || this.#state === 'over') return;
    this.#cancelTimeout = patience(this.#parts.clock, answerTimeoutMs, () => {
      const message = `the DPS did not answer within ${answerTimeoutMs / 1000} s`;
      this.#fail({ step: 'dps', code: 'TIMEOUT', message }, 'TIMEOUT');
    });
  }

  #fail(failure: DeviceFailure, result: RegistrationResult): void {
    this.stop();
    this.#events.failed(failure, result);
  }
}
