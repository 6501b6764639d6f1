import { readFileSync } from 'node:fs';

type Who = 'root' | 'signer' | 'device';
export type Slots = Record<'8' | '10' | '11' | '12' | '14' | '15', string>;

export interface Chain {
  readonly i: number;
  readonly serial: string;
  readonly encDates: Record<'signer' | 'device', string>;
  readonly sn: Record<Who, string>;
  readonly pub: Record<Who, string>;
  readonly der: Record<Who, string>;
  readonly slots: Slots;
  readonly slot14Written: string;
  readonly slot8Written: string;
}

export interface RebuildExpectation {
  readonly status: number;
  readonly sameAsIssued?: boolean;
  readonly serialMatches?: boolean;
  readonly signatureVerifies?: boolean;
  readonly der?: string;
}

export interface Expectation {
  readonly signer: RebuildExpectation;
  readonly device: RebuildExpectation;
  readonly chainVerifies: boolean;
  readonly outcome: 'rebuild-fails' | 'serial-mismatch' | 'does-not-verify' | 'no-effect';
}

export interface Damage {
  readonly kind: string;
  readonly chain: number;
  readonly what: string;
  readonly change: Partial<Slots> & { readonly devicePub?: string };
  readonly expect: Expectation;
  readonly expect2019?: Expectation;
}

export const vectors = JSON.parse(
  readFileSync(new URL('../../../vectors/certificates.json', import.meta.url), 'utf8'),
) as {
  readonly chains: readonly Chain[];
  readonly negatives: readonly Damage[];
  readonly controls: readonly Damage[];
};

export const unhex = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

export function chainAt(i: number): Chain {
  const chain = vectors.chains.find((candidate) => candidate.i === i);
  if (chain === undefined) throw new Error(`no chain ${i}`);
  return chain;
}
