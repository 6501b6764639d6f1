import { type Clock, patience } from '../clock/index.ts';

/** Why something was not written: the broker did not take it in time, or the connection ended meanwhile. */
export type WriteFailure = 'write_timeout' | 'no_connection';

/** What a task writes once it may; with a failure it may not. */
export type Write = (failure?: WriteFailure) => void;

/**
 * One task of the firmware that stands still in ssl_poll_write, which ssl_write (tcp_transport, ESP-IDF 3.3) calls before it hands
 * anything to TLS: until the connection takes bytes again, or for network_timeout_ms. Each write has that time for itself, and
 * begins when the one before it is over.
 *
 * A socket of lwIP is writable with half of its buffer free (TCP_SNDLOWAT), where a packet of the firmware fits whole. So a
 * write that has begun does not wait any more.
 */
export class WriteWait {
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #isBlocked: () => boolean;
  readonly #writes: Write[] = [];
  readonly #resume: () => void;
  #cancelTimeout: (() => void) | undefined;

  /** @param resume called when the task stands still no more */
  constructor(clock: Clock, timeoutMs: number, isBlocked: () => boolean, resume: () => void) {
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#isBlocked = isBlocked;
    this.#resume = resume;
  }

  /** Whether the task stands still. */
  get waiting(): boolean {
    return this.#writes.length > 0;
  }

  /** The task stands still before `write`, and before that for what waits already. */
  begin(write: Write): void {
    this.#writes.push(write);
    this.#arm();
  }

  /** The connection may take bytes again. */
  taken(): void {
    while (this.waiting && !this.#isBlocked()) this.#end();
  }

  /** There is no connection any more: a poll of its socket fails at once. */
  lost(): void {
    while (this.waiting) this.#end('no_connection');
  }

  #end(failure?: WriteFailure): void {
    this.#cancelTimeout?.();
    this.#cancelTimeout = undefined;
    this.#writes.shift()?.(failure);
    if (this.waiting) this.#arm();
    else this.#resume();
  }

  #arm(): void {
    this.#cancelTimeout ??= patience(this.#clock, this.#timeoutMs, () => this.#end('write_timeout'));
  }
}
