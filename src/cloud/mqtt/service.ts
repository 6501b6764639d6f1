import type { X509Certificate } from 'node:crypto';

/** Return codes of CONNACK (MQTT 3.1.1 table 3.1). */
export const CONNACK = {
  accepted: 0,
  protocolVersion: 1,
  identifierRejected: 2,
  unavailable: 3,
  badUsername: 4,
  notAuthorized: 5,
} as const;

export type Refusal = Exclude<(typeof CONNACK)[keyof typeof CONNACK], 0>;

/** What SUBACK says of one filter (MQTT 3.1.1 3.9.3). */
export type Granted = 0 | 1 | 128;

export interface Message {
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly qos: 0 | 1;
  readonly retain: boolean;
}

/** A client that asks to be let in. */
export interface ConnectRequest {
  readonly clientId: string;
  readonly username: string;
  readonly clean: boolean;
  /** Seconds; 0 for none. */
  readonly keepalive: number;
  readonly will: Message | undefined;
  /** What it showed in TLS: its own certificate, then those above it. */
  readonly certificates: readonly X509Certificate[];
}

/** What follows an acknowledgement, where anything does. */
export type Then = (() => void) | undefined;

/** The other end of one connection. */
export interface Peer {
  /** Resolves when a message of QoS 0 is written, and when one of QoS 1 is acknowledged. Rejects when the connection ends before. */
  send(topic: string, payload: Uint8Array | string, qos: 0 | 1): Promise<void>;
  /** Ends the connection. */
  drop(): void;
}

/** What a service does with one connection that it let in. */
export interface Session {
  readonly sessionPresent: boolean;
  /** Called once, behind CONNACK. */
  begin?(): void;
  /**
   * A message of QoS 1 is acknowledged when this resolves; then what it resolves to is done. Throwing ends the connection.
   */
  publish(message: Message): Promise<Then> | Then;
  /** Throwing ends the connection. */
  subscribe(filter: string, qos: 0 | 1): Granted | Promise<Granted>;
  /** Called behind SUBACK. */
  subscribed?(): void;
  unsubscribe(filter: string): Promise<void> | void;
  /** The connection is gone; with a client's will where it did not say goodbye. */
  end(will: Message | undefined): void;
}

/** A service behind a listener: lets a client in or refuses it. */
export interface Service {
  connect(request: ConnectRequest, peer: Peer): Promise<Session | Refusal> | Session | Refusal;
}
