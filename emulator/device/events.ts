/** Why a device has no connection, or has one no more. */
export interface DeviceFailure {
  /** Which part of the way to the broker it happened on. */
  readonly step: 'chip' | 'tcp' | 'tls' | 'mqtt' | 'dps';
  /**
   * Stable name within the step: the system's (ECONNREFUSED) or `TIMEOUT` for tcp, an EMU_E_… code for chip and tls or
   * `ALERT_` with the name of the broker's fatal alert, for mqtt why the client gave up (CONNACK_TIMEOUT, CONNACK_5, …), and
   * for dps why the registration ended (STATUS_401, NO_HUB, RECORD_DIFFERS, …).
   */
  readonly code: string;
  /** What this device saw, one sentence. */
  readonly message: string;
}

/** What a PUBLISH carries: a sample of the sensor, or what the firmware's script says. */
export const MESSAGE_KINDS = ['telemetry', 'script'] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/**
 * Why the firmware did not send a message: it had no connection, never yet or no more, the packet does not fit into the
 * client's buffer, or the broker did not read in time.
 */
const REFUSED = ['before_first_connack', 'no_connection', 'too_large', 'write_timeout'] as const;

/**
 * Why a message was not even made: the program was more than a period late, the device's own work took longer, or the device
 * stood still because the broker did not read.
 */
const MISSED = ['generator_late', 'device_busy', 'broker_stalled'] as const;
export type MissedMessage = (typeof MISSED)[number];

export const NOT_SENT_REASONS = [...REFUSED, ...MISSED] as const;
export type NotSentReason = (typeof NOT_SENT_REASONS)[number];

/**
 * The steps of a device from its factory to a record of its hub in its chip, in their order:
 * - connect: from the first dial of the Device Provisioning Service (DPS) to its CONNACK 0;
 * - register: from the request to the first answer that does not put the device off (429 and above);
 * - assign: from there to the answer that names the hub;
 * - hub: from the dial of the hub to the acknowledgement of the last message that tries it;
 * - record: writing the record and reading it back.
 */
export const PROVISIONING_STEPS = ['connect', 'register', 'assign', 'hub', 'record'] as const;
export type ProvisioningStep = (typeof PROVISIONING_STEPS)[number];

/** What happens on one device, whatever its firmware. Times in milliseconds. */
export type DeviceEvent =
  /** An attempt to connect begins. */
  | { readonly type: 'connecting' }
  | { readonly type: 'tcpConnected'; readonly ms: number }
  /** `ms` from the TCP connection to both Finished. */
  | { readonly type: 'tlsEstablished'; readonly ms: number }
  /**
   * CONNACK 0 of the broker or hub that the device publishes to, `ms` after CONNECT. Those on its way there, of a DPS and of a
   * hub that is tried, are parts of a `provisioningStep`.
   */
  | { readonly type: 'connected'; readonly ms: number }
  /** A message is made, `lateMs` after its time. It is sent or not sent later, if the device is not stopped before. */
  | { readonly type: 'messageDue'; readonly kind: MessageKind; readonly lateMs: number }
  /** The system has taken a PUBLISH. */
  | { readonly type: 'messageSent'; readonly topic: string; readonly kind: MessageKind }
  /** A message that was due is not sent, and never will be. */
  | { readonly type: 'messageNotSent'; readonly kind: MessageKind; readonly reason: (typeof REFUSED)[number] }
  /** So many messages were due, one a period, and were never made. */
  | {
      readonly type: 'messagesMissed';
      readonly kind: MessageKind;
      readonly reason: MissedMessage;
      readonly count: number;
    }
  /** A PUBLISH arrived; a long one counts once. */
  | { readonly type: 'messageReceived'; readonly topic: string }
  /** A PUBLISH arrived behind another packet in one read, and the firmware never saw it. */
  | { readonly type: 'messageDropped'; readonly topic: string }
  /** The firmware did not come up; the device stays down until it is powered up again. */
  | { readonly type: 'bootFailed'; readonly failure: DeviceFailure }
  /** An attempt ended before CONNACK 0; the next one follows by the reconnect policy. */
  | { readonly type: 'attemptFailed'; readonly failure: DeviceFailure }
  /** A connection ended after CONNACK 0; likewise. */
  | { readonly type: 'disconnected'; readonly failure: DeviceFailure }
  /** The chip has no record of a hub: a registration begins. */
  | { readonly type: 'provisioningBegan' }
  | { readonly type: 'provisioningStep'; readonly step: ProvisioningStep; readonly ms: number }
  /** An answer of the DPS, by the status in its topic: 200, 202, 401, 429, … */
  | { readonly type: 'provisioningAnswer'; readonly status: number }
  /** The device asks again because of this status. To poll after a 202 is no retry. */
  | { readonly type: 'provisioningRetried'; readonly status: number }
  /** The DPS named the hub. */
  | { readonly type: 'assigned'; readonly hub: string }
  /** The record of the hub is in the chip and reads back. */
  | { readonly type: 'provisioned'; readonly hub: string }
  /** The chip has a record of its hub: no registration. */
  | { readonly type: 'provisioningSkipped'; readonly hub: string }
  /** An MQTT packet as sent, or the plaintext of one TLS record as received. Bytes are only lent. */
  | { readonly type: 'packet'; readonly direction: 'sent' | 'received'; readonly bytes: Uint8Array }
  /** What only observers of one firmware know, as its console: `FIRMWARE.EVENT`, or `esp32.EVENT` where several have it. */
  | { readonly type: `${string}.${string}` };

/** Follows a device. Called as things happen, for every packet: it must not throw and should be quick. */
export type Observe<Event = DeviceEvent> = (event: Event) => void;
