/** What a caller can act on besides the message. */
export interface EmuErrorDetails {
  /** The offending value, as the caller gave it. */
  readonly value?: unknown;
  /** What to do about it, one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * The one exception of the library: a caller's mistake, or a peer that broke a protocol.
 * `code` is stable (`EMU_E_…`, listed in docs/errors.md); what a chip refuses is data (a status byte), never an exception.
 */
export class EmuError extends Error {
  override readonly name = 'EmuError';
  readonly code: `EMU_E_${string}`;
  readonly value: unknown;
  readonly hint: string | undefined;

  constructor(code: `EMU_E_${string}`, message: string, details: EmuErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.value = details.value;
    this.hint = details.hint;
  }
}
