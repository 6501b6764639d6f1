/** Why a device has no connection, or has one no more. */
export interface DeviceFailure {
  /** Which part of the way to the broker it happened on. */
  readonly step: 'chip' | 'tcp' | 'tls' | 'mqtt';
  /**
   * Stable name within the step: the system's (ECONNREFUSED) or `TIMEOUT` for tcp, an EMU_E_… code for chip and tls or
   * `ALERT_` with the name of the broker's fatal alert, and for mqtt why the client gave up (CONNACK_TIMEOUT, CONNACK_5, …).
   */
  readonly code: string;
  /** What this device saw, one sentence. */
  readonly message: string;
}

/** What one device tells its surroundings as it runs; a tap or a meter listens. Times in milliseconds. */
export interface DeviceEvents {
  tcpConnected(ms: number): void;
  /** `ms` from the TCP connection to both Finished. */
  tlsEstablished(ms: number): void;
  /** CONNACK 0, `ms` after CONNECT. */
  connected(ms: number): void;
  /** A PUBLISH was handed to the connection. */
  messageSent(topic: string, kind: 'telemetry' | 'script'): void;
  /** A PUBLISH arrived; a long one counts once. */
  messageReceived(topic: string): void;
  /** A PUBLISH arrived behind another packet in one read, and the firmware never saw it. */
  messageDropped(topic: string): void;
  /** An attempt ended before CONNACK 0; the next one follows by the reconnect policy. */
  attemptFailed(failure: DeviceFailure): void;
  /** A connection ended after CONNACK 0; likewise. */
  disconnected(failure: DeviceFailure): void;
  /** An MQTT packet as sent, or the plaintext of one TLS record as received. */
  packet(direction: 'sent' | 'received', bytes: Uint8Array): void;
}
