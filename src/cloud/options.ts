import type { EmuError } from '../../emulator/errors.ts';

/** How a device is given one of several hubs; the words of Azure's portal. */
export const ALLOCATIONS = ['hashed', 'lowest-load', 'static'] as const;
export type Allocation = (typeof ALLOCATIONS)[number];

/** What the cloud does at most, and how long it takes. */
export interface CloudLimits {
  /** Requests to the DPS in a second; more are answered 429. */
  readonly dpsRequestsPerSecond: number;
  /** What a device is told to wait after 202 and 429, in seconds. */
  readonly retryAfterSeconds: number;
  /** How long an assignment takes. */
  readonly assignDelayMs: number;
  /** Connections that a hub accepts in a second; more are refused with CONNACK 3. */
  readonly connectsPerSecond: number;
  /** Messages that a hub takes in a second; more wait. */
  readonly sendsPerSecond: number;
}

export interface EnrollmentCa {
  /** The CA of a group; devices whose chain leads to it may register. */
  readonly certificatePem: string;
  /** A CA that is not has to prove possession first. */
  readonly verified: boolean;
}

export interface CloudOptions {
  /** Devices of another scope are refused. */
  readonly idScope: string;
  /** Host names, as they are handed out; `localhost:PORT` for a client that takes the port from the name. */
  readonly hubs: readonly string[];
  readonly allocation: Allocation;
  /** Further names of the DPS in the certificate; `localhost` and `127.0.0.1` always are. */
  readonly hosts: readonly string[];
  /** The key travels over the IPC channel, never on a command line. */
  readonly server: { readonly certificatePem: string; readonly keyPem: string };
  /** Group enrollments that are there from the start. */
  readonly enrollmentCas: readonly EnrollmentCa[];
  /** Where the state lasts; without it, nothing does. */
  readonly stateDirectory?: string;
  /** The HTTP API on loopback, with a token; on a free port unless one is named. */
  readonly api?: boolean | { readonly port: number };
  /** Ports of the listeners; free ones by default. */
  readonly ports?: { readonly dps?: number; readonly hub?: number };
  readonly limits?: Partial<CloudLimits>;
}

export interface RunningCloud {
  readonly pid: number | undefined;
  readonly host: '127.0.0.1';
  readonly dpsPort: number;
  /** Of all hubs: they are told apart by the host name in the MQTT username. */
  readonly hubPort: number;
  readonly idScope: string;
  readonly hubs: readonly string[];
  readonly api?: { readonly port: number; readonly token: string };
  /** Resolves when the cloud's process ended without being asked to. */
  readonly died: Promise<EmuError>;
  /** Ends the cloud's process; resolves when it is gone. */
  stop(): Promise<void>;
}
