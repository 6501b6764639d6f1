import { createECDH, createPrivateKey, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { certificatesFromPem, RunningDigest } from '../../emulator/crypto/index.ts';
import { ByteReader, concat, uint, vector } from '../../emulator/tls/bytes.ts';
import { type HandshakeMessage, HandshakeReader, handshakeMessage } from '../../emulator/tls/handshake-reader.ts';
import {
  type ConnectionProtection,
  connectionProtection,
  masterSecret,
  verifyData,
} from '../../emulator/tls/key-schedule.ts';
import { certificateMessage } from '../../emulator/tls/messages/certificate.ts';
import { contentType, extensionType, handshakeType, tls12 } from '../../emulator/tls/numbers.ts';
import { RecordReader, RecordWriter } from '../../emulator/tls/record-layer.ts';
import { type CipherSuite, cipherSuites } from '../../emulator/tls/suites.ts';

/** What the server has just done, in its order; `client_hello` and `client_flight` are what it has just read. */
export const serverSteps = [
  'client_hello',
  'server_hello',
  'certificate',
  'server_key_exchange',
  'certificate_request',
  'server_hello_done',
  'client_flight',
  'new_session_ticket',
  'change_cipher_spec',
  'finished',
] as const;

export type ServerStep = (typeof serverSteps)[number];

/** How a server strays from the protocol. */
export interface Mischief {
  /** Changes a handshake message before the server itself takes it into its transcript. */
  message?(step: ServerStep, message: Uint8Array): Uint8Array;
  /** Changes what goes onto the wire, the server's own view staying as it was. */
  wire?(step: ServerStep, record: Uint8Array): Uint8Array;
  /** Runs when a step is over. */
  after?(step: ServerStep, server: HostileServer): void;
}

export interface HostileServerOptions {
  /** The server's chain, as PEM. */
  readonly certificate: string;
  /** As PEM, or parsed: that takes longer than a handshake. */
  readonly key: string | KeyObject;
  readonly requestCertificate?: boolean;
  readonly extendedMasterSecret?: boolean;
  readonly sessionTicket?: boolean;
  /** Extensions of the ServerHello besides those, whole. */
  readonly extensions?: readonly Uint8Array[];
  /** Takes the application data, one record a call; without it they go back as they came. */
  readonly application?: (record: Uint8Array, server: HostileServer) => void;
  readonly mischief?: Mischief;
}

/** An extension with its header. */
export function extension(type: number, data: Uint8Array = new Uint8Array(0)): Uint8Array {
  return concat(uint(type, 2), vector(2, data));
}

const limits = { maxPlaintext: 16_384, tolerates: [] };

/**
 * A scripted TLS 1.2 server for tests, as far as a client can see: it shares record layer and key schedule with the
 * client under test, which interop tests hold to other programs. It believes whatever the client sends.
 */
export class HostileServer {
  readonly #options: HostileServerOptions;
  readonly #key: KeyObject;
  readonly #suite: CipherSuite;
  readonly #write: (bytes: Uint8Array) => void;
  readonly #end: () => void;
  readonly #reader = new RecordReader();
  readonly #writer = new RecordWriter(16_384);
  readonly #messages = new HandshakeReader(true);
  readonly #transcript = new RunningDigest();
  readonly #ecdh = createECDH('prime256v1');
  readonly #random = randomBytes(32);
  #clientRandom: Uint8Array = new Uint8Array(32);
  #master: Uint8Array = new Uint8Array(48);
  #protection: ConnectionProtection | undefined;
  #stopped = false;
  /** Alerts received, in their order. */
  readonly alerts: { level: number; description: number }[] = [];
  /** Application data received, one entry per record. */
  readonly received: Uint8Array[] = [];
  /** Handshake messages received. */
  readonly seen: HandshakeMessage[] = [];

  constructor(options: HostileServerOptions, write: (bytes: Uint8Array) => void, end: () => void) {
    this.#options = options;
    this.#key = typeof options.key === 'string' ? createPrivateKey(options.key) : options.key;
    const kind = this.#key.asymmetricKeyType === 'rsa' ? 'rsa' : 'ecdsa';
    this.#suite = cipherSuites.find((suite) => suite.authentication === kind) as CipherSuite;
    this.#write = write;
    this.#end = end;
  }

  receive(bytes: Uint8Array): void {
    if (this.#stopped) return;
    this.#reader.push(bytes);
    for (let record = this.#reader.next(limits); record !== undefined; record = this.#reader.next(limits)) {
      if (record.type === contentType.alert) {
        this.alerts.push({ level: record.fragment[0] ?? 0, description: record.fragment[1] ?? 0 });
      } else if (record.type === contentType.applicationData) {
        this.received.push(record.fragment);
        if (this.#options.application) this.#options.application(record.fragment, this);
        else this.send(record.fragment);
      } else if (record.type === contentType.changeCipherSpec && this.#protection) {
        this.#reader.protect(this.#protection.client);
      } else {
        this.#messages.push(record.fragment);
        for (let message = this.#messages.next(); message; message = this.#messages.next()) this.#take(message);
      }
    }
  }

  /** Sends application data. */
  send(bytes: Uint8Array): void {
    this.record(contentType.applicationData, bytes);
  }

  alert(level: number, description: number): void {
    this.record(contentType.alert, Uint8Array.of(level, description));
  }

  /** Sends any content, protected when the server's keys are in use. */
  record(type: number, content: Uint8Array): void {
    this.raw(this.#writer.write(type, content));
  }

  raw(bytes: Uint8Array): void {
    if (!this.#stopped) this.#write(bytes);
  }

  hangUp(): void {
    this.#stopped = true;
    this.#end();
  }

  #take(message: HandshakeMessage): void {
    this.seen.push(message);
    if (message.type === handshakeType.clientHello) {
      this.#clientRandom = message.body.slice(2, 34);
      this.#transcript.update(message.whole);
      this.#after('client_hello');
      this.#flight();
    } else if (message.type === handshakeType.clientKeyExchange) {
      this.#transcript.update(message.whole);
      this.#derive(new ByteReader(message.body, 'ClientKeyExchange').vector(1));
    } else if (message.type === handshakeType.finished) {
      this.#transcript.update(message.whole);
      this.#after('client_flight');
      this.#lastFlight();
    } else this.#transcript.update(message.whole);
  }

  #flight(): void {
    const {
      certificate,
      requestCertificate,
      extendedMasterSecret = true,
      sessionTicket,
      extensions = [],
    } = this.#options;
    const answers = [
      extension(extensionType.renegotiation_info, Uint8Array.of(0)),
      ...(extendedMasterSecret ? [extension(extensionType.extended_master_secret)] : []),
      ...(sessionTicket ? [extension(extensionType.session_ticket)] : []),
      ...extensions,
    ];
    const hello = [uint(tls12, 2), this.#random, vector(1), uint(this.#suite.id, 2), uint(0, 1), vector(2, ...answers)];
    this.#say('server_hello', handshakeMessage(handshakeType.serverHello, ...hello));
    this.#say('certificate', certificateMessage(certificatesFromPem(certificate)));
    this.#say('server_key_exchange', this.#keyExchange());
    if (requestCertificate) {
      const request = [vector(1, Uint8Array.of(64)), vector(2, uint(0x0403, 2)), vector(2)];
      this.#say('certificate_request', handshakeMessage(handshakeType.certificateRequest, ...request));
    }
    this.#say('server_hello_done', handshakeMessage(handshakeType.serverHelloDone));
  }

  #keyExchange(): Uint8Array {
    const parameters = concat(Uint8Array.of(3, 0, 23), vector(1, this.#ecdh.generateKeys()));
    const signature = sign('sha256', concat(this.#clientRandom, this.#random, parameters), this.#key);
    const algorithm = this.#suite.authentication === 'rsa' ? 0x0401 : 0x0403;
    return handshakeMessage(handshakeType.serverKeyExchange, parameters, uint(algorithm, 2), vector(2, signature));
  }

  #derive(point: Uint8Array): void {
    const { extendedMasterSecret = true } = this.#options;
    const seed = extendedMasterSecret
      ? { sessionHash: this.#transcript.value() }
      : { clientRandom: this.#clientRandom, serverRandom: this.#random };
    this.#master = masterSecret(this.#ecdh.computeSecret(point), seed);
    this.#protection = connectionProtection(this.#master, this.#clientRandom, this.#random);
  }

  #lastFlight(): void {
    if (this.#options.sessionTicket) {
      this.#say(
        'new_session_ticket',
        handshakeMessage(handshakeType.newSessionTicket, uint(300, 4), vector(2, randomBytes(48))),
      );
    }
    const changeCipherSpec = this.#writer.write(contentType.changeCipherSpec, Uint8Array.of(1));
    if (this.#protection) this.#writer.protect(this.#protection.server);
    this.#put('change_cipher_spec', changeCipherSpec);
    const data = verifyData(this.#master, 'server', this.#transcript.value());
    this.#say('finished', handshakeMessage(handshakeType.finished, data));
  }

  #say(step: ServerStep, message: Uint8Array): void {
    if (this.#stopped) return;
    const said = this.#options.mischief?.message?.(step, message) ?? message;
    this.#transcript.update(said);
    this.#put(step, this.#writer.write(contentType.handshake, said));
  }

  #put(step: ServerStep, record: Uint8Array): void {
    this.raw(this.#options.mischief?.wire?.(step, record) ?? record);
    this.#after(step);
  }

  #after(step: ServerStep): void {
    if (!this.#stopped) this.#options.mischief?.after?.(step, this);
  }
}

/** Runs the server on a connected transport, a socket for one. */
export function hostileServer(transport: Duplex, options: HostileServerOptions): HostileServer {
  const server = new HostileServer(
    options,
    (bytes) => void transport.write(bytes),
    () => void transport.end(),
  );
  transport.on('data', (bytes: Uint8Array) => server.receive(bytes));
  // A client that refuses closes its end while the server still writes.
  transport.on('error', () => transport.destroy());
  return server;
}
