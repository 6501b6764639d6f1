import type { PacketName } from './fixed-header.ts';

/** Why a connection ended. */
export type DisconnectReason =
  | 'CONNACK_TIMEOUT'
  | 'NOT_A_CONNACK'
  | 'CONNECTION_REFUSED'
  | 'NO_PINGRESP'
  | 'WRITE_TIMEOUT'
  | 'TRANSPORT_LOST';

/** The same as a sentence for people. */
export const DISCONNECT_WORDS: Readonly<Record<DisconnectReason, string>> = {
  CONNACK_TIMEOUT: 'no CONNACK came within the network time-out',
  NOT_A_CONNACK: 'the broker answered CONNECT with another packet than CONNACK',
  CONNECTION_REFUSED: 'the broker refused CONNECT',
  NO_PINGRESP: 'no PINGRESP came before the next PINGREQ was due',
  WRITE_TIMEOUT: 'the broker read nothing, and PINGREQ could not be written within the network time-out',
  TRANSPORT_LOST: 'the connection under MQTT ended',
};

/** What the client reports: to the application's event handler, and to observers alone. */
export type MqttEvent =
  | { readonly type: 'connected'; readonly sessionPresent: boolean }
  /** CONNACK with a code other than 0; `disconnected` follows. */
  | { readonly type: 'connackRefused'; readonly code: number }
  /** The connection is over: close the transport. */
  | { readonly type: 'disconnected'; readonly reason: DisconnectReason }
  | { readonly type: 'subscribed'; readonly id: number }
  | { readonly type: 'unsubscribed'; readonly id: number }
  /** PUBACK or PUBCOMP. */
  | { readonly type: 'published'; readonly id: number }
  | {
      /** A piece of a received message: all of it, when it came in one read. */
      readonly type: 'message';
      /** In the first piece only. */
      readonly topic: string | undefined;
      /** A view of what was received: copy what is to be kept. */
      readonly payload: Uint8Array;
      /** Where in the message's payload this piece begins. */
      readonly offset: number;
      /** Length of the whole payload. */
      readonly totalLength: number;
      readonly qos: number;
    }
  | { readonly type: 'pingSent' }
  /** A packet that was in a read behind the one handled, and is lost. */
  | { readonly type: 'dropped'; readonly packet: PacketName; readonly topic: string | undefined }
  /** A read that does not begin with a packet; the firmware takes no notice of it. */
  | { readonly type: 'malformed'; readonly packet: PacketName; readonly reason: string };

/** Where a client's output goes. All calls happen during calls of the client or its clock. */
export interface MqttClientSink {
  /** The connection does not take what was sent. */
  readonly blocked: boolean;
  /** One MQTT packet, which makes one TLS record. */
  send(packet: Uint8Array): void;
  /** The client's task stands still: the connection should read no more until `resume`. */
  pause(): void;
  resume(): void;
  event(event: MqttEvent): void;
}
