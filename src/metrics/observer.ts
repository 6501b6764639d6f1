import type { MessageKind, NotSentReason, ProvisioningStep } from '../../emulator/device/index.ts';
import type { CauseCode } from '../causes/index.ts';
import type { ProvisioningCounts } from './provisioning.ts';

/**
 * What a shard reports to its metrics. Called for every packet of every device, so: plain calls, numbers by value,
 * no object made for a call. `k` is the device's number in the run. Times are in milliseconds, fractions kept.
 * What the run does to its own devices when it ends is not reported: no failure, no disconnection.
 */
export interface FleetObserver {
  /** Device k is started, at its scheduled time. */
  arrived(k: number): void;
  /** An attempt begins. */
  connecting(k: number): void;
  /** From connect() to the accepted TCP connection. */
  tcpConnected(k: number, ms: number): void;
  /** From the accepted TCP connection to both Finished. */
  tlsEstablished(k: number, ms: number): void;
  /** A DPS let the device in, and is asked for its hub; `status` is that of its last answer, 0 before the first. */
  registering(k: number, status: number): void;
  /** A registration at a DPS begins, or its record is in the chip; or a device had a record before. */
  provisioning(what: keyof ProvisioningCounts): void;
  /** A step of a registration ended after `ms`. */
  provisioningStep(step: ProvisioningStep, ms: number): void;
  /** The DPS answered with this status; and a device asks again because of one. */
  provisioningAnswer(status: number): void;
  provisioningRetried(status: number): void;
  /** The DPS named the hub of a device. */
  assigned(hub: string): void;
  /** CONNACK 0 of broker or hub; `ms` from the CONNECT to it. Any other CONNACK is a failed attempt. */
  connected(k: number, ms: number): void;
  /** First telemetry of a device that the system has taken, `ms` from its scheduled arrival. Once per device. */
  firstTelemetry(ms: number): void;
  /** A publish came back on the device's own topic. */
  echo(ms: number): void;
  /** The time of `count` messages has come. */
  messagesDue(kind: MessageKind, count: number): void;
  /** A message that keeps a schedule is made `ms` after its time. */
  messageLate(ms: number): void;
  /** `count` of those that were due will never be sent. */
  messagesNotSent(kind: MessageKind, reason: NotSentReason, count: number): void;
  /** The system has taken a PUBLISH packet; one has arrived. */
  messageSent(kind: MessageKind): void;
  messageReceived(): void;
  /** A PUBLISH that the firmware did not see, because it came behind another packet in one record. */
  messageOverlooked(): void;
  /** Bytes on the TCP connection, TLS and all. */
  bytesSent(count: number): void;
  bytesReceived(count: number): void;
  /** A device did not come up and stays down; `example` as below. */
  bootFailed(k: number, cause: CauseCode, example: string): void;
  /**
   * An attempt ended before CONNACK 0. `cause` is the kind of failure, `example` what this one saw, in the words of the
   * system or the peer.
   */
  attemptFailed(k: number, cause: CauseCode, example: string): void;
  /** A connection ended after CONNACK 0; the device comes back by its firmware's policy. */
  disconnected(k: number, cause: CauseCode, example: string): void;
}
