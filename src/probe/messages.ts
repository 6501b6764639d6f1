import type { DeliveryByKind, ProbeFindings } from './report.ts';
import type { Trouble } from './trouble.ts';

/** The broker at which the probe subscribes, and its credentials. */
export interface ProbeStart {
  readonly host: string;
  readonly port: number;
  /** The name in its certificate, where it is reached by an address; without it, `host`. */
  readonly serverName?: string;
  /** PEM of the trusted CAs; undefined for Node's own list. */
  readonly trusted: readonly string[] | undefined;
  /** The probe's certificate, followed by its issuer's. */
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly filters: readonly string[];
  /** Also to what the broker says of itself. */
  readonly sys: boolean;
}

/** PUBLISH packets one behind the other; when each was sent, by `sharedNow`, and its kind as an index of `MESSAGE_KINDS`. */
export interface Published {
  readonly packets: Uint8Array;
  readonly times: Float64Array;
  readonly kinds: Uint8Array;
}

/** Parent to child. Keys travel over the IPC channel, never on a command line. */
export type ToProbe =
  | { readonly start: ProbeStart }
  | Published
  /** The fleet is closed: wait for what is still out, as long as this. */
  | { readonly finish: number };

/** Not every filter could be subscribed. */
export interface FailedProbe {
  readonly failed: Trouble;
  /** No TCP connection was accepted. */
  readonly unreachable: boolean;
}

/** Child to parent, as an answer: every filter is subscribed, or it could not be; what came of it. */
export type ProbeAnswer = { readonly ready: true } | FailedProbe | { readonly findings: ProbeFindings };

/** Child to parent: an answer, or every second what was delivered until now, by filter. */
export type FromProbe = ProbeAnswer | { readonly deliveries: readonly DeliveryByKind[] };
