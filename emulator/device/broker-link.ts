import { type Clock, patience } from '../clock/index.ts';
import { EmuError } from '../errors.ts';
import type { Rng } from '../rng/index.ts';
import { type KeyOperations, TlsClient, type TlsFailure, type TlsPolicy, type TrustStore } from '../tls/index.ts';
import type { DeviceFailure } from './events.ts';
import type { Dial, Transport, TransportFailure } from './transport.ts';

/** What all connections of a fleet share. */
export interface BrokerRoute {
  readonly host: string;
  readonly port: number;
  readonly dial: Dial;
  readonly trust: TrustStore;
  readonly policy: TlsPolicy;
  /** How long the TCP connection, and then the handshake, may take. */
  readonly timeoutMs: number;
  /** Receives the secrets that decrypt the connections, where it is there. */
  readonly keyLog?: ((line: string) => void) | undefined;
}

/** Who the device is towards the broker. */
export interface LinkCredentials {
  /** DER, in the order of the Certificate message. */
  readonly certificates: readonly Uint8Array[];
  readonly keys: KeyOperations;
}

export interface LinkEvents {
  tcpConnected(ms: number): void;
  tlsEstablished(ms: number): void;
  /** The plaintext of one TLS record. */
  received(record: Uint8Array): void;
  /** The system has taken all that was sent. */
  taken(): void;
  /** The link is down; called once, and never after `close`. */
  down(failure: DeviceFailure): void;
}

/** A peer that closes with bytes unread resets the connection. Whether it ends or breaks is random, and means the same. */
const HUNG_UP: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

/** One TCP connection with TLS on it, from dialling to its end. */
export class BrokerLink {
  readonly #route: BrokerRoute;
  readonly #clock: Clock;
  readonly #events: LinkEvents;
  readonly #transport: Transport;
  readonly #tls: TlsClient;
  #stepBegan: number;
  #cancelTimeout: () => void;
  #dialling = true;
  /** In the system's words, when the peer's end of the stream came as an error. */
  #hungUpBy: string | undefined;
  #down = false;

  constructor(
    route: BrokerRoute,
    { certificates, keys }: LinkCredentials,
    { clock, rng, bootedAt }: { readonly clock: Clock; readonly rng: Rng; readonly bootedAt: number },
    events: LinkEvents,
  ) {
    this.#route = route;
    this.#clock = clock;
    this.#events = events;
    this.#tls = new TlsClient(
      {
        serverName: route.host,
        policy: route.policy,
        trust: route.trust,
        certificates,
        keys,
        rng,
        keyLog: route.keyLog,
        // Nothing sets the device's clock: its time starts at 1 January 1970 with the boot.
        unixTime: () => Math.floor((clock.now() - bootedAt) / 1000),
      },
      {
        write: (bytes) => this.#transport.write(bytes),
        data: (record) => events.received(record),
        secure: () => this.#secured(),
        closed: (reason) => this.#fail(tlsFailure(reason, this.#hungUpBy)),
      },
    );
    this.#stepBegan = clock.now();
    this.#cancelTimeout = this.#timeout('tcp', 'no answer to the TCP connection');
    this.#transport = route.dial(route.host, route.port, {
      opened: () => this.#opened(),
      received: (bytes) => this.#tls.receive(bytes),
      taken: () => events.taken(),
      closed: (reason) => this.#transportClosed(reason),
    });
  }

  /** The broker does not read: whoever sends should wait for `taken` first. */
  get blocked(): boolean {
    return this.#transport.blocked;
  }

  /** One TLS record. */
  send(bytes: Uint8Array): void {
    this.#tls.send(bytes);
  }

  /** Reads no more until `resume`; records that are here already still come. */
  pause(): void {
    this.#transport.pause();
  }

  resume(): void {
    this.#transport.resume();
  }

  /** close_notify and FIN; nothing is reported any more. */
  close(): void {
    if (!this.#down) this.#hangUp();
  }

  #opened(): void {
    this.#dialling = false;
    this.#events.tcpConnected(this.#nextStep());
    this.#cancelTimeout = this.#timeout('tls', 'the TLS handshake did not end in time');
    this.#tls.start();
  }

  #secured(): void {
    this.#events.tlsEstablished(this.#nextStep());
  }

  #nextStep(): number {
    this.#cancelTimeout();
    const began = this.#stepBegan;
    this.#stepBegan = this.#clock.now();
    return this.#stepBegan - began;
  }

  #timeout(step: 'tcp' | 'tls', message: string): () => void {
    return patience(this.#clock, this.#route.timeoutMs, () =>
      this.#fail({ step, code: 'TIMEOUT', message: `${message} (${this.#route.timeoutMs / 1000} s)` }),
    );
  }

  /** What TLS makes of the end of the stream says more than the end itself. */
  #transportClosed(reason: TransportFailure | undefined): void {
    if (reason === undefined || (!this.#dialling && HUNG_UP.has(reason.code))) {
      this.#hungUpBy = reason?.message;
      this.#tls.transportClosed();
    } else this.#fail({ step: 'tcp', code: reason.code, message: reason.message });
  }

  #fail(failure: DeviceFailure): void {
    if (this.#down) return;
    this.#hangUp();
    this.#events.down(failure);
  }

  /** What the broker still sends, and what the chip still computes, is dropped. */
  #hangUp(): void {
    this.#down = true;
    this.#cancelTimeout();
    if (this.#dialling) {
      this.#transport.destroy();
      return;
    }
    this.#tls.close();
    // An alert may be on its way: it leaves before the FIN.
    this.#transport.end();
  }
}

function tlsFailure(reason: EmuError | undefined, hungUpBy: string | undefined): DeviceFailure {
  if (reason === undefined) {
    return { step: 'tls', code: 'CLOSE_NOTIFY', message: 'the broker closed the TLS connection (close_notify)' };
  }
  const message = hungUpBy === undefined ? reason.message : `${reason.message} (${hungUpBy})`;
  return { step: 'tls', code: alertOf(reason) ?? reason.code, message };
}

/** Of a connection that the broker ended with a fatal alert. */
function alertOf({ code, value }: EmuError): string | undefined {
  return code === 'EMU_E_TLS_ALERT' ? `ALERT_${(value as TlsFailure).alert}` : undefined;
}

/** A failure of the secure element, as data; anything but an EmuError is a defect and stays an exception. */
export function chipFailure(error: unknown): DeviceFailure {
  if (!(error instanceof EmuError)) throw error;
  return { step: 'chip', code: error.code, message: error.message };
}
