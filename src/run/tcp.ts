import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import type { Dial, Transport, TransportEvents } from '../../emulator/device/index.ts';
import { type Resolve, resolveBy } from '../base/index.ts';
import type { ConnectionTap, WireTap } from '../trace/index.ts';
import { cachedLookup } from './lookup.ts';
import { type Writer, WriteTurn } from './write-turn.ts';

/** How long a peer may keep its side open after this side has ended, before it costs no descriptor any more. */
const LINGER_MS = 1000;
/** What one read of the system takes at most. */
const READ_BYTES = 65_536;
const NOTHING = new Uint8Array();

/**
 * For how long Node may wait for one address of a host before it turns to the next: the whole of the device's own wait. By
 * default it gives an address up after 250 ms, and on a busy machine that is a connection which the broker has accepted.
 */
const ADDRESS_WAIT_MS = 2 ** 31 - 1;

const NO_ROUTE: ReadonlySet<string> = new Set(['ENETUNREACH', 'EHOSTUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** Counts the bytes of all connections. */
export interface TrafficMeter {
  sent(bytes: number): void;
  received(bytes: number): void;
}

/** What all connections of a run share. */
interface Network {
  readonly meter: TrafficMeter;
  readonly wire: WireTap | undefined;
  readonly resolve: Resolve;
  readonly lookup: LookupFunction;
  readonly turn: WriteTurn;
  /** Every read goes here: what came is handled before the next read. */
  readonly readBuffer: Uint8Array;
}

/** A connection from where to where. */
interface Way {
  readonly host: string;
  readonly port: number;
  readonly localAddress: string | undefined;
}

/**
 * Device connections over node's sockets; `meter` counts the bytes of all of them, `wire` sees them. What is returned makes
 * a way to the network, from a given address of this machine or from whichever the system chooses.
 */
export function tcpNetwork(
  meter: TrafficMeter,
  wire?: WireTap,
  resolve: Resolve = resolveBy(),
): (localAddress?: string) => Dial {
  const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);
  const network: Network = { meter, wire, resolve, lookup: cachedLookup(), turn: new WriteTurn(), readBuffer };
  return (localAddress) => (host, port, events) => new TcpConnection(network, { host, port, localAddress }, events);
}

class TcpConnection implements Transport, Writer {
  readonly #network: Network;
  readonly #events: TransportEvents;
  readonly #socket: Socket;
  #tap: ConnectionTap | undefined;
  #blocked = false;
  #over = false;
  /** This side has ended: nothing more is reported of what it wrote. */
  #halfClosed = false;

  constructor(network: Network, { host, port, localAddress }: Way, events: TransportEvents) {
    this.#network = network;
    this.#events = events;
    const { resolve, lookup, readBuffer: buffer } = network;
    const callback = (length: number, bytes: Uint8Array) => this.#received(bytes.subarray(0, length));
    const from = localAddress === undefined ? {} : { localAddress, family: isIP(localAddress) };
    this.#socket = connect({
      ...{ ...resolve({ host, port }), ...from, lookup, autoSelectFamilyAttemptTimeout: ADDRESS_WAIT_MS },
      ...{ noDelay: true, onread: { buffer, callback } },
    })
      .on('connect', () => this.#connected())
      .on('error', (error) => this.#failed(error))
      .on('end', () => this.#ended())
      .on('close', () => this.#closed());
  }

  get blocked(): boolean {
    return this.#blocked;
  }

  write(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#network.meter.sent(bytes.length);
    this.#tap?.sent(bytes);
    this.#network.turn.write(this, bytes);
  }

  /** From the end of the turn. Node asks the system within the call, and keeps what that does not take. */
  writeNow(bytes: Uint8Array): void {
    if (this.#over) return;
    this.#socket.write(bytes);
    // Refused at once: Node counts nothing as waiting, and says so in its next turn.
    if (this.#blocked || this.#socket.errored !== null) return;
    if (this.#socket.writableLength === 0) this.#events.taken();
    else this.#block();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#tap?.ended('device');
    this.#network.turn.flush();
    this.#halfClosed = true;
    this.#socket.end();
    setTimeout(() => this.#socket.destroy(), LINGER_MS).unref();
  }

  destroy(): void {
    this.#over = true;
    this.#socket.destroy();
  }

  /** Node's `drain` needs more than a few kilobytes that wait. An empty write behind them comes back in any case. */
  #block(): void {
    this.#blocked = true;
    this.#socket.write(NOTHING, (error) => {
      if (error || this.#over || this.#halfClosed) return;
      this.#blocked = false;
      this.#events.taken();
    });
  }

  #connected(): void {
    const { wire } = this.#network;
    if (wire !== undefined) this.#tap = tapped(wire, this.#socket);
    this.#events.opened();
  }

  #received(bytes: Uint8Array): boolean {
    this.#network.meter.received(bytes.length);
    this.#tap?.received(bytes);
    if (!this.#over) this.#events.received(bytes);
    return true;
  }

  #failed(error: NodeJS.ErrnoException): void {
    const failure = failureOf(error);
    // A listener refuses with ECONNREFUSED: what is reset had been accepted, and ended before this process looked.
    if (!this.#over && failure.syscall === 'connect' && failure.code === 'ECONNRESET') this.#events.opened();
    this.#tap?.reset();
    this.#closed(failure);
  }

  #ended(): void {
    this.#tap?.ended('broker');
    // The device closes its side when it hears of it.
    this.#tap?.ended('device');
    this.#closed();
  }

  #closed(reason?: { readonly code: string; readonly message: string }): void {
    if (this.#over) return;
    this.#over = true;
    this.#socket.destroy();
    this.#events.closed(reason);
  }
}

/**
 * Of the addresses of a host the one where somebody listens, for that is the broker; else the first that says something: a
 * family without a route here says nothing of the broker.
 */
function failureOf(error: NodeJS.ErrnoException): { code: string; message: string; syscall: string | undefined } {
  const errors: readonly NodeJS.ErrnoException[] = error instanceof AggregateError ? error.errors : [error];
  const listening = errors.find(({ code }) => code === 'ECONNRESET');
  const telling = listening ?? errors.find(({ code = '' }) => !NO_ROUTE.has(code));
  const { code = 'UNKNOWN', syscall } = telling ?? errors[0] ?? error;
  return { code, syscall, message: errors.map(({ message }) => message).join(', ') };
}

function tapped(wire: WireTap, socket: Socket): ConnectionTap {
  const { localAddress = '', localPort = 0, remoteAddress = '', remotePort = 0 } = socket;
  return wire.connected({ address: localAddress, port: localPort }, { address: remoteAddress, port: remotePort });
}
