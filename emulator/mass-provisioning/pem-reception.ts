/** More than any certificate on P-256 has, with the explanations that tools put in front of it (RFC 7468 5.2). */
export const PEM_LIMIT = 4096;

/** The longest line that ends a text, `-----END …-----`, is far shorter. */
const FOOTER_LIMIT = 64;
const FOOTER = /-----END [A-Z0-9 ]+-----$/;
const HYPHEN = 0x2d;

/**
 * Takes in one PEM text up to the end of its footer, whatever its label is: a text of the wrong kind must not leave the
 * receiver waiting for the right one.
 */
export class PemReception {
  #text: string;

  /** `begun` is what of the text is there already. */
  constructor(begun = '') {
    this.#text = begun;
  }

  get text(): string {
    return this.#text;
  }

  /** `over` when this byte ends the footer, `too long` when there was none within the limit. */
  take(byte: number): 'more' | 'over' | 'too long' {
    this.#text += String.fromCharCode(byte);
    if (byte === HYPHEN && FOOTER.test(this.#text.slice(-FOOTER_LIMIT))) return 'over';
    return this.#text.length < PEM_LIMIT ? 'more' : 'too long';
  }
}
