import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repetitions } from '../support/size.ts';
import { fleetOnPaper, freshLine, SUCCESS } from '../unit/mass-provisioning/line.ts';

const right = fleetOnPaper();
const other = fleetOnPaper('another');
const { fleet, device, signerPem, devicePem, rootKeyPem } = right;

const FAILED = '\nDevice Provisioning failed!\n';
const PUBLIC_KEY = (() => {
  const { line } = freshLine(fleet);
  return line.send('k');
})();

/** What a host may send, one after the other, and what becomes of it. */
type Piece =
  | { readonly kind: 'letter'; readonly letter: 'r' | 's' | 'k' | 'p' | 'o' | 'q' }
  | { readonly kind: 'text'; readonly letter: 'c' | 'v' | 'b'; readonly text: string }
  | { readonly kind: 'unannounced'; readonly text: string }
  | { readonly kind: 'endless'; readonly letter: 'c' | 'v' | 'b'; readonly filling: string }
  | { readonly kind: 'noise'; readonly text: string };

const texts = [signerPem, devicePem, rootKeyPem, other.signerPem, other.devicePem, other.rootKeyPem];
const damaged = texts.map((text) => text.replace(/\n(.)/, '\n!'));
const announcing = fc.constantFrom('c', 'v', 'b');
/** Nothing that is a letter, nor the beginning of a text. */
const noise = fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) =>
  Buffer.from(bytes)
    .toString('latin1')
    .replace(/[rskpoqcvb-]/g, ' '),
);
/** Without a hyphen there is no end. */
const filling = fc.constantFrom('A', 'q', '\n', 'k r s ').map((unit) => unit.repeat(4096).slice(0, 4096));

const piece = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('letter'),
      letter: fc.constantFrom('r', 's', 'k', 'p', 'o', 'q', 'q', 'q'),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'text', letter: 'c', text: signerPem }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'text', letter: 'v', text: devicePem }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'text', letter: 'b', text: rootKeyPem }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('text'),
      letter: announcing,
      text: fc.constantFrom(...texts, ...damaged),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unannounced'), text: fc.constantFrom(...texts) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('endless'), letter: announcing, filling }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('noise'), text: noise }) },
) as fc.Arbitrary<Piece>;

const paper = fc.constantFrom(right, right, right, other);

/** All in their order, with something else in between: what a factory script sends, sometimes for another device. */
const wholeSession = fc
  .record({
    before: fc.array(piece, { maxLength: 2 }),
    isConfigured: fc.constantFrom(true, true, false),
    papers: fc.tuple(paper, paper, paper),
    between: fc.array(piece, { maxLength: 1 }),
  })
  .map(({ before, isConfigured, papers: [signer, own, root], between }): Piece[] => [
    ...before,
    ...(isConfigured ? [{ kind: 'letter', letter: 'k' } as const] : []),
    { kind: 'text', letter: 'c', text: signer.signerPem },
    { kind: 'text', letter: 'v', text: own.devicePem },
    ...between,
    { kind: 'text', letter: 'b', text: root.rootKeyPem },
    { kind: 'letter', letter: 'q' },
  ]);

const conversation = fc.oneof(fc.array(piece, { maxLength: 25 }), wholeSession);

function bytesOf(piece: Piece): string {
  switch (piece.kind) {
    case 'letter':
      return piece.letter;
    case 'endless':
      return piece.letter + piece.filling;
    case 'text':
      return piece.letter + piece.text;
    default:
      return piece.text;
  }
}

/** The protocol over pieces instead of bytes; `outcome` hears what each piece was a case of. */
class Model {
  readonly #texts = { c: '', v: '', b: '' };
  #isConfigured = false;

  answer(piece: Piece, outcome: (name: string) => void): string | RegExp {
    outcome(piece.kind === 'letter' ? piece.letter : piece.kind);
    switch (piece.kind) {
      case 'text':
        this.#texts[piece.letter] = piece.text.trimEnd();
        return '';
      case 'endless':
        this.#texts[piece.letter] = '';
        return 'no end of the PEM text within 4096 bytes\n';
      case 'letter':
        return this.#letter(piece.letter, outcome);
      default:
        return '';
    }
  }

  #letter(letter: Extract<Piece, { kind: 'letter' }>['letter'], outcome: (name: string) => void): string | RegExp {
    const { c, v, b } = this.#texts;
    switch (letter) {
      case 'r':
        return 'Ready.\n';
      case 's':
        return device.commonName;
      case 'k':
        this.#isConfigured = true;
        return PUBLIC_KEY;
      case 'p':
        return c + v;
      case 'o':
        return b;
      case 'q':
        Object.assign(this.#texts, { c: '', v: '', b: '' });
        return this.#provisioned({ c, v, b }, outcome);
    }
  }

  #provisioned({ c, v, b }: { c: string; v: string; b: string }, outcome: (name: string) => void): string | RegExp {
    const failing = (name: string, pattern: string) => {
      outcome(`q: ${name}`);
      return new RegExp(`^\nprovisioning start\n${pattern}${FAILED}$`, 's');
    };
    // The other two kinds do not fit in a certificate's place: a device's ends in a GeneralizedTime, and a signer's serial
    // number is no hash.
    const isWhole = [isOneOf(c, 'signerPem'), isOneOf(v, 'devicePem'), isOneOf(b, 'rootKeyPem')];
    if (isWhole.includes(false)) {
      const names = ['signer cert', 'device cert', 'root pubkey'].filter((_, index) => !isWhole[index]);
      return failing('not all texts', names.map((name) => `${name} conversion failed: [^\n]+\n`).join(''));
    }
    if (!this.#isConfigured) return failing('not configured', 'Writing Root Public Key\nFailed to write root [^\n]+\n');
    if (c === signerPem.trimEnd() && v === devicePem.trimEnd() && b === rootKeyPem.trimEnd()) {
      outcome('q: success');
      return SUCCESS;
    }
    return failing('mismatch', '.*(Signer|Device) certificate missmatch: [^\n]+\n');
  }
}

function isOneOf(text: string, kind: 'signerPem' | 'devicePem' | 'rootKeyPem'): boolean {
  return [right, other].some((paper) => paper[kind].trimEnd() === text);
}

describe('the serial line of a factory', () => {
  it('answers what the protocol says, whatever is sent in whatever pieces', () => {
    const counts: Record<string, number> = {};
    const outcome = (name: string) => {
      counts[name] = (counts[name] ?? 0) + 1;
    };
    fc.assert(
      fc.property(conversation, fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1 }), (pieces, sizes) => {
        const { line } = freshLine(fleet);
        const model = new Model();
        const expected = pieces.map((piece) => model.answer(piece, outcome));
        const bytes = pieces.map(bytesOf);
        // Piece by piece each answer is known; cut anywhere, all of them together.
        const answers = bytes.map((text) => line.send(text));
        for (const [index, answer] of answers.entries()) {
          const wanted = expected[index] ?? '';
          if (typeof wanted === 'string') expect(answer).toBe(wanted);
          else expect(answer).toMatch(wanted);
        }
        const cut = freshLine(fleet).line;
        expect(cut.send(...cuts(bytes.join(''), sizes))).toBe(answers.join(''));
      }),
      { numRuns: repetitions(300, 5000) },
    );
    const cases = ['r', 's', 'k', 'p', 'o', 'q', 'text', 'unannounced', 'endless', 'noise'];
    const outcomes = ['success', 'mismatch', 'not configured', 'not all texts'].map((name) => `q: ${name}`);
    for (const name of [...cases, ...outcomes]) expect(counts[name] ?? 0, name).toBeGreaterThanOrEqual(3);
  });

  it('goes on after any bytes at all', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 8 }), (chunks) => {
        const { line } = freshLine(fleet);
        for (const chunk of chunks) line.send(Buffer.from(chunk).toString('latin1'));
        // The end of a text that may be under way; then there is none.
        line.send('-----END CERTIFICATE-----');
        expect(line.send('r')).toBe('Ready.\n');
      }),
      { numRuns: repetitions(150, 5000) },
    );
  });
});

function cuts(text: string, sizes: readonly number[]): string[] {
  const pieces: string[] = [];
  for (let at = 0, index = 0; at < text.length; index++) {
    const size = sizes[index % sizes.length] ?? 1;
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
}
