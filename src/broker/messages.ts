/** What parent and child agree on. */
export const LOOPBACK = '127.0.0.1';

/** The broker's credentials; the key travels over the IPC channel, never on a command line. */
export interface BrokerCredentials {
  /** The server's certificate, followed by its issuers when there are any. */
  readonly serverCertificatePem: string;
  readonly serverKeyPem: string;
  /** Clients whose chain does not end here are refused in TLS. */
  readonly clientCaPem: string;
}

/** Parent to child, once. */
export interface StartMessage {
  readonly start: BrokerCredentials;
}

/** Child to parent, once, in answer. */
export type StartedMessage = { readonly port: number } | { readonly failed: string };
