import { EmuError } from '../errors.ts';
import { alertLevel, alertNumbers } from './alerts.ts';
import { ClientHandshake, type HandshakeLink, type TlsClientOptions, type TlsInfo } from './client-handshake.ts';
import { alertError, closedError, Refused, refusalError, type TlsFailure } from './failure.ts';
import { type HandshakeMessage, HandshakeReader } from './handshake-reader.ts';
import { contentType, handshakeType } from './numbers.ts';
import type { TlsPolicy } from './policy.ts';
import { RecordReader, RecordWriter, type TlsRecord } from './record-layer.ts';
import type { HandshakeState } from './refusals.ts';

/** Where a client's bytes and events go. */
export interface TlsSink {
  /** Bytes for the transport; a flight of the handshake comes in one piece. */
  write(bytes: Uint8Array): void;
  /** The plaintext of one received record, never empty. */
  data(record: Uint8Array): void;
  /** The handshake is over; `send` may be called. */
  secure(info: TlsInfo): void;
  /** Called once, last. Without a reason, both ends closed as they should; then close the transport. */
  closed(reason?: EmuError): void;
}

/**
 * A TLS 1.2 client (RFC 5246) as a state machine: bytes in, bytes and events out. Its policy determines
 * what it offers and refuses; its key operations do everything that needs a private key.
 */
export class TlsClient {
  readonly #policy: TlsPolicy;
  readonly #sink: TlsSink;
  readonly #reader = new RecordReader();
  readonly #writer: RecordWriter;
  readonly #messages: HandshakeReader;
  #handshake: ClientHandshake | undefined;
  #open = true;

  constructor(options: TlsClientOptions, sink: TlsSink) {
    this.#policy = options.policy;
    this.#sink = sink;
    this.#writer = new RecordWriter(options.policy.maxPlaintext);
    this.#messages = new HandshakeReader(options.policy.reassemblesHandshake);
    this.#handshake = new ClientHandshake(options, this.#link());
  }

  /** What the client waits for. */
  get state(): HandshakeState {
    if (!this.#open) return 'closed';
    return this.#handshake?.state ?? 'established';
  }

  /** Sends the ClientHello: call it once, when the transport is connected. */
  start(): void {
    if (this.state !== 'idle') throw new EmuError('EMU_E_TLS_ALREADY_STARTED', 'the handshake has begun already');
    this.#handshake?.start();
  }

  /** Takes bytes from the transport, cut anywhere. The buffer may be reused after the call. */
  receive(bytes: Uint8Array): void {
    if (!this.#open) return;
    this.#reader.push(bytes);
    try {
      for (let record = this.#nextRecord(); record !== undefined; record = this.#nextRecord()) this.#take(record);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#refuse(error);
    }
  }

  /** Sends `bytes` as one record, or as several in one write when they are longer than a record may be. */
  send(bytes: Uint8Array): void {
    if (this.state !== 'established') {
      throw new EmuError('EMU_E_TLS_NOT_ESTABLISHED', `the connection cannot send: it is ${this.state}`, {
        value: this.state,
        hint: 'send between the events secure and closed',
      });
    }
    this.#sink.write(this.#writer.write(contentType.applicationData, bytes));
  }

  /** Ends the connection: with close_notify once it is established, silently before that (mbedtls_ssl_close_notify). */
  close(): void {
    if (!this.#open) return;
    if (this.state === 'established') this.#alert(alertLevel.warning, alertNumbers.close_notify);
    this.#closed();
  }

  /** The transport has ended, or failed: nothing more will come. */
  transportClosed(): void {
    if (this.#open) this.#closed(closedError(this.state, false));
  }

  #link(): HandshakeLink {
    const isOpen = () => this.#open;
    return {
      reader: this.#reader,
      writer: this.#writer,
      get isOpen() {
        return isOpen();
      },
      write: (bytes) => this.#sink.write(bytes),
      refuse: (refused) => this.#refuse(refused),
      secured: (info) => {
        this.#handshake = undefined;
        this.#sink.secure(info);
      },
    };
  }

  #nextRecord(): TlsRecord | undefined {
    return this.#open ? this.#reader.next(this.#policy) : undefined;
  }

  #take({ type, fragment }: TlsRecord): void {
    if (type === contentType.alert) this.#takeAlert(fragment);
    else if (type === contentType.handshake) this.#takeHandshake(fragment);
    else if (!this.#messages.atBoundary) {
      throw new Refused('unexpected_record', 'the server interrupted a handshake message with another record');
    } else if (type === contentType.changeCipherSpec) this.#takeChangeCipherSpec(fragment);
    else if (this.#handshake) {
      throw new Refused('unexpected_record', 'the server sent application data before the handshake was over');
    }
    // RFC 5246 6.2.1: empty application data is a countermeasure against traffic analysis, not data.
    else if (fragment.length > 0) this.#sink.data(fragment);
  }

  #takeChangeCipherSpec(fragment: Uint8Array): void {
    if (fragment.length !== 1 || fragment[0] !== 1) {
      throw new Refused('malformed_record', "the server's ChangeCipherSpec is not the single byte 1");
    }
    if (this.#handshake === undefined) {
      throw new Refused('unexpected_record', 'the server sent ChangeCipherSpec after the handshake');
    }
    this.#handshake.changeCipherSpec();
  }

  #takeAlert(fragment: Uint8Array): void {
    const [level, description] = fragment;
    if (fragment.length !== 2 || description === undefined) {
      throw new Refused('malformed_record', `the server sent an alert of ${fragment.length} bytes`);
    }
    // Warnings other than close_notify are for information (RFC 5246 7.2.2).
    if (level === alertLevel.fatal) this.#closed(alertError(description, this.state));
    else if (description !== alertNumbers.close_notify) return;
    else if (this.state === 'established') this.close();
    else this.#closed(closedError(this.state, true));
  }

  #takeHandshake(fragment: Uint8Array): void {
    this.#messages.push(fragment);
    for (let message = this.#messages.next(); message !== undefined; message = this.#messages.next()) {
      if (this.#handshake) this.#handshake.message(message);
      else this.#takeLateMessage(message);
      if (!this.#open) return;
    }
  }

  /** After the handshake only a HelloRequest may come, and this client does not renegotiate. */
  #takeLateMessage({ type, body }: HandshakeMessage): void {
    if (type !== handshakeType.helloRequest || body.length > 0) {
      throw new Refused(
        'unexpected_message',
        `the server sent a handshake message of type ${type} after the handshake`,
      );
    }
    this.#alert(alertLevel.warning, alertNumbers.no_renegotiation);
  }

  #alert(level: number, description: number): void {
    this.#sink.write(this.#writer.write(contentType.alert, Uint8Array.of(level, description)));
  }

  #refuse(refused: Refused): void {
    if (!this.#open) return;
    const error = refusalError(refused, this.#policy, this.state);
    const { code } = error.value as TlsFailure;
    if (code !== undefined) this.#alert(alertLevel.fatal, code);
    this.#closed(error);
  }

  #closed(reason?: EmuError): void {
    this.#open = false;
    this.#handshake = undefined;
    this.#sink.closed(reason);
  }
}
