import { ecdsaSignatureDer, isSame, type PublicKey, RunningDigest } from '../crypto/index.ts';
import { EmuError } from '../errors.ts';
import type { Rng } from '../rng/index.ts';
import { concat, uint, vector } from './bytes.ts';
import { Refused } from './failure.ts';
import { type HandshakeMessage, handshakeMessage } from './handshake-reader.ts';
import { type ConnectionProtection, connectionProtection, masterSecret, verifyData } from './key-schedule.ts';
import type { KeyOperations } from './keys.ts';
import {
  certificateMessage,
  certificateVerify,
  readCertificateRequest,
  readCertificates,
} from './messages/certificate.ts';
import { clientHello, offeredExtensions } from './messages/client-hello.ts';
import { readServerHello, type ServerHello } from './messages/server-hello.ts';
import { readServerKeyExchange } from './messages/server-key-exchange.ts';
import { readSessionTicket } from './messages/session-ticket.ts';
import { contentType, handshakeType } from './numbers.ts';
import type { OfferedExtension, TlsPolicy } from './policy.ts';
import type { RecordReader, RecordWriter } from './record-layer.ts';
import type { HandshakeState } from './refusals.ts';
import type { TrustStore } from './trust-store.ts';

export interface TlsClientOptions {
  /** Host name or IP literal: sent as server_name, and what the server's certificate must be for. */
  readonly serverName: string;
  readonly policy: TlsPolicy;
  readonly trust: TrustStore;
  /** The device's chain in DER, its own first; empty when it has none to show. */
  readonly certificates: readonly Uint8Array[];
  readonly keys: KeyOperations;
  readonly rng: Rng;
  /** Seconds since 1970 as the device believes; without a time source, seconds since boot. */
  readonly unixTime: () => number;
  /**
   * Takes a line of a key log as Wireshark and others read it (draft-ietf-tls-keylogfile): with it whoever has the
   * connection's bytes can decrypt them. Called once, before anything is encrypted. For debugging alone.
   */
  readonly keyLog?: ((line: string) => void) | undefined;
}

/** What a finished handshake agreed on. */
export interface TlsInfo {
  /** IANA's name of the suite. */
  readonly suite: string;
  readonly extendedMasterSecret: boolean;
  readonly secureRenegotiation: boolean;
  readonly certificateRequested: boolean;
  readonly certificateSent: boolean;
}

/** The connection that a handshake runs on. */
export interface HandshakeLink {
  readonly reader: RecordReader;
  readonly writer: RecordWriter;
  readonly isOpen: boolean;
  write(bytes: Uint8Array): void;
  refuse(refused: Refused): void;
  secured(info: TlsInfo): void;
}

/** The client's side of a full handshake (RFC 5246 7.3); it lives until Finished is verified. */
export class ClientHandshake {
  readonly #options: TlsClientOptions;
  readonly #link: HandshakeLink;
  readonly #offered: readonly OfferedExtension[];
  readonly #random: Uint8Array;
  #state: HandshakeState = 'idle';
  #hello: ServerHello | undefined;
  /** All handshake messages so far, headers included (RFC 5246 7.4.9). */
  readonly #transcript = new RunningDigest();
  #serverKey: PublicKey | undefined;
  #serverPoint: Uint8Array | undefined;
  #certificateRequested = false;
  /** What the Certificate message shows, when one is requested. */
  #certificates: readonly Uint8Array[] = [];
  #master: Uint8Array | undefined;
  #protection: ConnectionProtection | undefined;

  constructor(options: TlsClientOptions, link: HandshakeLink) {
    this.#options = options;
    this.#link = link;
    this.#offered = offeredExtensions(options.policy, options.serverName);
    // gmt_unix_time and 28 random bytes (RFC 5246 7.4.1.2).
    this.#random = concat(uint(Math.floor(options.unixTime()), 4), options.rng.bytes(28));
  }

  get state(): HandshakeState {
    return this.#state;
  }

  start(): void {
    const { policy, serverName } = this.#options;
    const hello = clientHello(policy, this.#random, serverName, this.#offered);
    this.#transcript.update(hello);
    this.#state = 'server_hello';
    this.#link.write(this.#link.writer.write(contentType.handshake, hello));
  }

  /** Takes the server's next message. Throws Refused. */
  message(message: HandshakeMessage): void {
    const { type, body } = message;
    if (type === handshakeType.helloRequest && this.#options.policy.skipsHelloRequest) {
      if (body.length === 0) return;
      throw new Refused('malformed_message', "the server's HelloRequest is not empty");
    }
    switch (this.#state) {
      case 'server_hello':
        this.#expect(type, handshakeType.serverHello);
        this.#hello = readServerHello(body, this.#offered, this.#options.policy);
        this.#state = 'certificate';
        break;
      case 'certificate':
        this.#expect(type, handshakeType.certificate);
        this.#serverKey = this.#options.trust.verify(
          readCertificates(body),
          this.#options.serverName,
          this.#options.unixTime,
        );
        this.#state = 'server_key_exchange';
        break;
      case 'server_key_exchange':
        this.#expect(type, handshakeType.serverKeyExchange);
        this.#readServerKeyExchange(body);
        this.#state = 'certificate_request';
        break;
      case 'certificate_request':
        // The message is optional (RFC 5246 7.4.4).
        if (type !== handshakeType.certificateRequest) {
          this.#readServerHelloDone(message);
          return;
        }
        this.#readCertificateRequest(body);
        this.#state = 'server_hello_done';
        break;
      case 'server_hello_done':
        this.#readServerHelloDone(message);
        return;
      case 'new_session_ticket':
        this.#expect(type, handshakeType.newSessionTicket);
        readSessionTicket(body);
        this.#state = 'change_cipher_spec';
        break;
      case 'finished':
        this.#expect(type, handshakeType.finished);
        this.#finish(body);
        return;
      default:
        this.#expect(type, undefined);
    }
    this.#transcript.update(message.whole);
  }

  /** Takes the server's ChangeCipherSpec, which must come between messages. Throws Refused. */
  changeCipherSpec(): void {
    if (this.#state !== 'change_cipher_spec' || this.#protection === undefined) {
      throw new Refused('unexpected_record', 'the server sent ChangeCipherSpec out of its turn');
    }
    this.#link.reader.protect(this.#protection.server);
    this.#state = 'finished';
  }

  #expect(type: number, expected: number | undefined): void {
    if (type === expected) return;
    const wanted = expected === undefined ? 'none' : `type ${expected}`;
    throw new Refused(
      'unexpected_message',
      `the server sent a handshake message of type ${type} where ${wanted} belongs`,
    );
  }

  #readServerKeyExchange(body: Uint8Array): void {
    const hello = this.#known(this.#hello);
    this.#serverPoint = readServerKeyExchange(
      body,
      this.#options.policy,
      hello.suite,
      this.#known(this.#serverKey),
      this.#random,
      hello.random,
    );
  }

  #readCertificateRequest(body: Uint8Array): void {
    const { policy, certificates } = this.#options;
    const fits = readCertificateRequest(body) || policy.tolerates.includes('certificate_request_contents');
    this.#certificateRequested = true;
    // RFC 5246 7.4.6: without a suitable certificate the message is sent empty.
    if (fits) this.#certificates = certificates;
  }

  #readServerHelloDone({ type, body, whole }: HandshakeMessage): void {
    this.#expect(type, handshakeType.serverHelloDone);
    if (body.length > 0) throw new Refused('malformed_message', "the server's ServerHelloDone is not empty");
    this.#transcript.update(whole);
    this.#state = 'client_key_exchange';
    this.#answer().catch((error: unknown) => {
      if (!(error instanceof Refused)) throw error;
      this.#link.refuse(error);
    });
  }

  /**
   * Certificate, ClientKeyExchange, CertificateVerify, ChangeCipherSpec and Finished, in one write. Ends with the link: a closed
   * one asks the keys for nothing more.
   */
  async #answer(): Promise<void> {
    const { keys } = this.#options;
    const { random, extendedMasterSecret, sessionTicket } = this.#known(this.#hello);
    const { writer } = this.#link;
    const records: Uint8Array[] = [];
    const send = (message: Uint8Array) => {
      this.#transcript.update(message);
      records.push(writer.write(contentType.handshake, message));
    };

    if (this.#certificateRequested) send(certificateMessage(this.#certificates));
    const ephemeral = await ask(() => keys.generateEphemeral());
    if (!this.#link.isOpen) return;
    const serverPoint = this.#known(this.#serverPoint);
    const premaster = await ask(() => keys.agree(serverPoint));
    if (!this.#link.isOpen) return;
    send(handshakeMessage(handshakeType.clientKeyExchange, vector(1, Uint8Array.of(4), ephemeral)));
    // CertificateVerify signs, and the extended master secret takes in, the same messages: all up to this one.
    const sessionHash = this.#transcript.value();
    if (this.#certificates.length > 0) {
      send(certificateVerify(ecdsaSignatureDer(await ask(() => keys.sign(sessionHash)))));
    }
    if (!this.#link.isOpen) return;

    const seed = extendedMasterSecret ? { sessionHash } : { clientRandom: this.#random, serverRandom: random };
    this.#master = masterSecret(premaster, seed);
    this.#options.keyLog?.(`CLIENT_RANDOM ${hex(this.#random)} ${hex(this.#master)}`);
    this.#protection = connectionProtection(this.#master, this.#random, random);
    records.push(writer.write(contentType.changeCipherSpec, Uint8Array.of(1)));
    writer.protect(this.#protection.client);
    send(handshakeMessage(handshakeType.finished, verifyData(this.#master, 'client', this.#transcript.value())));
    this.#state = sessionTicket ? 'new_session_ticket' : 'change_cipher_spec';
    this.#link.write(concat(...records));
  }

  #finish(verified: Uint8Array): void {
    const hello = this.#known(this.#hello);
    const expected = verifyData(this.#known(this.#master), 'server', this.#transcript.value());
    if (verified.length !== expected.length) {
      throw new Refused('malformed_message', `the server's Finished has ${verified.length} bytes`);
    }
    if (!isSame(expected, verified)) {
      throw new Refused('bad_finished', "the server's Finished does not match the handshake that the device saw");
    }
    this.#link.secured({
      suite: hello.suite.name,
      extendedMasterSecret: hello.extendedMasterSecret,
      secureRenegotiation: hello.secureRenegotiation,
      certificateRequested: this.#certificateRequested,
      certificateSent: this.#certificates.length > 0,
    });
  }

  /** What an earlier state left behind; its absence would be a mistake of this class. */
  #known<T>(value: T | undefined): T {
    if (value === undefined)
      throw new EmuError('EMU_E_TLS_INTERNAL', `the handshake reached ${this.#state} out of order`);
    return value;
  }
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function ask(operation: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await operation();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refused('key_operation', `a key operation of the handshake failed: ${reason}`, cause);
  }
}
