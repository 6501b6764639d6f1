/** Where a broker's files lie and how it is reached. */
export interface BrokerOptions {
  /** The name or address that the devices connect to; the server certificate is for it. */
  readonly hostName: string;
  /** Of the MQTT listener. */
  readonly port: number;
  /** Absolute path of the directory that the files go into: a configuration names its neighbours in full. */
  readonly directory: string;
  /** The user who starts the broker, for brokers that would become another user. */
  readonly user: string;
  /** A random text, for a broker that requires a password although the certificate is the proof. */
  readonly secret: string;
}

/** What every broker is given, PEM. */
export interface BrokerCertificates {
  /** Whose clients it accepts: the fleet's root, and what stands above that one. */
  readonly clientCas: string;
  readonly server: string;
  /** PKCS #8. */
  readonly serverKey: string;
  /** The CA that the devices must trust. */
  readonly serverCa: string;
}

export interface BrokerFile {
  readonly name: string;
  readonly text: string;
  /** `secret`: for the owner's eyes; `program`: to be started. */
  readonly kind?: 'secret' | 'program';
}

/** What sets up one broker. */
export interface BrokerSetUp {
  readonly files: readonly BrokerFile[];
  /** The command that starts it in the foreground, ready for a shell. */
  readonly start: string;
}

/** Makes the configuration of one kind of broker; its certificates lie beside it under the names of `CERTIFICATE_FILES`. */
export type BrokerWriter = (options: BrokerOptions) => BrokerSetUp;

/** The names under which the certificates lie in the directory, whichever broker reads them. */
export const CERTIFICATE_FILES = {
  clientCas: 'clients.pem',
  server: 'server.pem',
  serverKey: 'server.key',
  serverCa: 'server-ca.pem',
} as const;

/** The absolute path of a file of the broker. */
export function pathOf({ directory }: BrokerOptions, name: string): string {
  return directory.endsWith('/') ? `${directory}${name}` : `${directory}/${name}`;
}

const LOOPBACK: Readonly<Record<string, string>> = { localhost: '127.0.0.1', '127.0.0.1': '127.0.0.1', '::1': '::1' };

/** The address to listen at: a broker that is this machine's alone is not shown to the network. */
export function listenAddress({ hostName }: BrokerOptions): string {
  return LOOPBACK[hostName] ?? (hostName.includes(':') ? '::' : '0.0.0.0');
}

/** `address:port`, IPv6 in brackets. */
export function listenAt(options: BrokerOptions): string {
  return endpoint(listenAddress(options), options.port);
}

export function endpoint(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** One word of a shell's line. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Text in double quotes as JSON, HOCON and NATS's format read it. */
export function quotedText(text: string): string {
  return JSON.stringify(text);
}
