/** How a broker is reached, and by whom it is started. */
export interface BrokerOptions {
  /** The name or address that the devices connect to; the server certificate is for it. */
  readonly hostName: string;
  /** Of the MQTT listener. */
  readonly port: number;
  /** This user, who starts the broker where it is on this machine, for brokers that would become another one. */
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

/** What sets up one broker. Its files lie in one directory, may be copied to any other, and name each other without one. */
export interface BrokerSetUp {
  readonly files: readonly BrokerFile[];
  /** The command that starts it, ready for a shell in the directory of the files. It may be given again. */
  readonly start: string;
  /** What that command does. */
  readonly starts: string;
}

/** The most usual `starts`. */
export const FOREGROUND = 'starts the broker, in the foreground';

/** Makes the configuration of one kind of broker; its certificates lie beside it under the names of `CERTIFICATE_FILES`. */
export type BrokerWriter = (options: BrokerOptions) => BrokerSetUp;

/** The names under which the certificates lie in the directory, whichever broker reads them. */
export const CERTIFICATE_FILES = {
  clientCas: 'clients.pem',
  server: 'server.pem',
  serverKey: 'server.key',
  serverCa: 'server-ca.pem',
} as const;

const LOOPBACK: Readonly<Record<string, string>> = { localhost: '127.0.0.1', '127.0.0.1': '127.0.0.1', '::1': '::1' };

/** Whether the devices reach the broker on this machine alone. */
export function isLocal({ hostName }: Pick<BrokerOptions, 'hostName'>): boolean {
  return LOOPBACK[hostName] !== undefined;
}

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
