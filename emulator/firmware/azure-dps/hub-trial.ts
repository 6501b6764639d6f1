import { patience } from '../../clock/index.ts';
import type { DeviceFailure } from '../../device/index.ts';
import { PacketIds, type UmqttEvent } from '../../umqtt/index.ts';
import { D2cMessages } from './d2c-messages.ts';
import { deviceBoundFilter, eventsTopic, HUB_PORT, hubUserName } from './names.ts';
import { SdkSession } from './sdk-session.ts';
import type { Station } from './station.ts';

const NOTHING = () => {};

/** What the trial came to: a failure, or how long it took from its dial to the last acknowledgement, ms. */
export type TrialEnd = { readonly failure: DeviceFailure } | { readonly ms: number };

function noPuback(why: string): DeviceFailure {
  return { step: 'mqtt', code: 'NO_PUBACK', message: `the hub did not acknowledge a message: ${why}` };
}

/**
 * The SDK's sample at the assigned hub: it subscribes to the hub's messages, sends some of its own, and leaves.
 *
 * Quirk: it sends without waiting for its SUBACK, because the transport takes a subscription that was asked for as granted.
 * Quirk: any message of the hub ends it.
 *
 * The original leaves as soon as its last message is sent. This one waits for the acknowledgements.
 */
export class HubTrial {
  readonly #station: Station;
  readonly #deviceId: string;
  readonly #ended: (end: TrialEnd) => void;
  readonly #session: SdkSession;
  // Its counter begins at 1, and is raised before it is used.
  readonly #ids = new PacketIds(1);
  readonly #messages: D2cMessages;
  #beganAt = 0;
  #accepted = 0;
  #isOver = false;
  #cancel = NOTHING;

  constructor(station: Station, hub: string, deviceId: string, ended: (end: TrialEnd) => void) {
    this.#station = station;
    this.#deviceId = deviceId;
    this.#ended = ended;
    const { apiVersion, clientType, keepAliveSeconds } = station.fleet.profile.hub;
    const username = hubUserName(hub, deviceId, apiVersion, clientType);
    this.#session = new SdkSession(
      station,
      { host: hub, port: HUB_PORT, clientId: deviceId, username, cleanSession: false, keepAliveSeconds },
      {
        dialling: () => {
          this.#beganAt = station.fleet.surroundings.clock.now();
        },
        connecting: () => this.#awaitConnack(),
        event: (event) => this.#event(event),
        taken: () => this.#messages.taken(),
        lost: (failure) => this.#fail(this.#session.accepted ? noPuback(failure.message) : failure),
      },
    );
    this.#messages = new D2cMessages(station, this.#session.client, this.#ids, () => {
      this.#fail(noPuback('it did not in time'));
    });
  }

  start(): void {
    this.#session.open();
  }

  stop(): void {
    this.#isOver = true;
    this.#cancel();
    this.#messages.stop();
    this.#session.close();
  }

  #awaitConnack(): void {
    const { profile, surroundings } = this.#station.fleet;
    this.#cancel = patience(surroundings.clock, profile.hub.connackTimeoutMs, () => {
      this.#fail({ step: 'mqtt', code: 'CONNACK_TIMEOUT', message: 'no CONNACK came in time' });
    });
  }

  #event(event: Exclude<UmqttEvent, { readonly type: 'failed' }>): void {
    switch (event.type) {
      case 'connack':
        this.#cancel();
        if (event.code === 0) this.#begin();
        else {
          const message = `CONNACK with code ${event.code}`;
          this.#fail({ step: 'mqtt', code: `CONNACK_${event.code}`, message });
        }
        break;
      case 'acknowledged':
        this.#messages.acknowledged(event.id);
        this.#endWhenAcknowledged();
        break;
      case 'message':
        this.#station.observe({ type: 'messageReceived', topic: event.topic });
        this.#station.observe({ type: 'azure-dps.stopMessage' });
        this.#cancel();
        this.#accepted = this.#station.fleet.profile.trial.messages;
        this.#endWhenAcknowledged();
    }
  }

  #begin(): void {
    this.#session.client.subscribe(this.#ids.next(), [{ topic: deviceBoundFilter(this.#deviceId), qos: 1 }]);
    this.#sendNext();
  }

  #sendNext(): void {
    const { profile, surroundings } = this.#station.fleet;
    const { messages, gapMs } = profile.trial;
    this.#station.observe({ type: 'messageDue', kind: 'script', lateMs: 0 });
    const payload = `{ "message_index" : "${this.#accepted}" }`;
    this.#accepted++;
    this.#station.observe({ type: 'azure-dps.messageAccepted', count: this.#accepted });
    this.#messages.send(eventsTopic(this.#deviceId), payload, 'script');
    if (this.#accepted < messages) this.#cancel = surroundings.clock.alarm(gapMs, () => this.#sendNext());
  }

  #endWhenAcknowledged(): void {
    const { profile, surroundings } = this.#station.fleet;
    if (this.#accepted < profile.trial.messages || this.#messages.unacknowledged > 0) return;
    const ms = surroundings.clock.now() - this.#beganAt;
    // With the next turn of the loop: the acknowledgement of the hub's message comes first.
    this.#cancel = surroundings.clock.alarm(0, () => this.#end({ ms }));
  }

  #fail(failure: DeviceFailure): void {
    this.#messages.lost();
    this.#end({ failure });
  }

  /** Quirk: after DISCONNECT the transport waits for an end of the connection that it does not notice any more. */
  #end(end: TrialEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancel();
    this.#messages.stop();
    const { profile, surroundings } = this.#station.fleet;
    const isLeft = 'ms' in end;
    this.#session.leave();
    this.#cancel = surroundings.clock.alarm(isLeft ? profile.trial.leaveMs : 0, () => {
      this.#session.close();
      this.#ended(end);
    });
  }
}
