import { randomBytes } from 'node:crypto';
import { certificatesFromPem } from '../../emulator/crypto/index.ts';
import type { EmuError } from '../../emulator/errors.ts';
import { rootRng } from '../../emulator/rng/index.ts';
import {
  TlsClient,
  type TlsClientOptions,
  type TlsInfo,
  type TlsPolicy,
  TrustStore,
  tlsPolicies,
} from '../../emulator/tls/index.ts';
import type { Identity } from './certificates.ts';
import { HostileServer, type HostileServerOptions } from './hostile-server.ts';
import { softwareKeys } from './software-keys.ts';

export const mbedtls = tlsPolicies['mbedtls-2.16'] as TlsPolicy;
export const strict: TlsPolicy = tlsPolicies.rfc as TlsPolicy;

export interface ClientSetUp {
  readonly ca: string;
  readonly device: Identity;
  readonly serverName?: string;
  readonly policy?: TlsPolicy;
}

/** Options of a client with software keys and one device certificate. */
export function clientOptions(setUp: ClientSetUp): TlsClientOptions {
  const { ca, device, serverName = 'broker.test', policy = mbedtls } = setUp;
  return {
    serverName,
    policy,
    trust: new TrustStore([ca], policy.certificates),
    certificates: certificatesFromPem(device.certificate),
    keys: softwareKeys(device.key),
    rng: rootRng(randomBytes(32)),
    unixTime: () => Math.floor(Date.now() / 1000),
  };
}

/** A client and a hostile server in one process, wired without a transport. */
export class TlsPair {
  readonly client: TlsClient;
  readonly server: HostileServer;
  /** What the client wrote, one entry per write. */
  readonly written: Uint8Array[] = [];
  readonly data: Uint8Array[] = [];
  info: TlsInfo | undefined;
  /** How often `closed` was called, and with what last. */
  closures = 0;
  reason: EmuError | undefined;

  /** `chunk` is how many bytes the client gets at a time. */
  constructor(client: TlsClientOptions, server: HostileServerOptions, chunk = Number.POSITIVE_INFINITY) {
    this.server = new HostileServer(
      server,
      (bytes) => {
        for (let i = 0; i < bytes.length; i += chunk) this.client.receive(bytes.slice(i, i + chunk));
      },
      () => this.client.transportClosed(),
    );
    this.client = new TlsClient(client, {
      write: (bytes) => {
        this.written.push(bytes);
        this.server.receive(bytes);
      },
      data: (record) => this.data.push(record),
      secure: (info) => {
        this.info = info;
      },
      closed: (reason) => {
        this.closures++;
        this.reason = reason;
      },
    });
  }

  /** Runs the handshake until it is over, one way or the other; a server that stalls leaves it in its state. */
  async handshake(): Promise<this> {
    this.client.start();
    for (let turn = 0; turn < 20 && this.info === undefined && this.closures === 0; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    return this;
  }
}
