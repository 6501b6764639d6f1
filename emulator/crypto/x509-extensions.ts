import { EmuError } from '../errors.ts';
import { DerReader, derTag, objectIdentifier } from './der.ts';

/** Bits of keyUsage, as a number with bit 0 the most significant of the first byte (RFC 5280 4.2.1.3). */
export const keyUsage = { digitalSignature: 0x80, keyCertSign: 0x04 } as const;

/** id-kp-serverAuth and anyExtendedKeyUsage (RFC 5280 4.2.1.12). */
export const serverAuth = '1.3.6.1.5.5.7.3.1';
export const anyExtendedKeyUsage = '2.5.29.37.0';

export interface CertificateExtensions {
  readonly isAuthority: boolean;
  /** How many intermediate certificates may follow; undefined for any number. */
  readonly pathLength: number | undefined;
  /** Undefined when the extension is absent. */
  readonly keyUsage: number | undefined;
  readonly extendedKeyUsage: readonly string[] | undefined;
  /** The dNSName and iPAddress entries; undefined when there is no subjectAltName at all. */
  readonly alternativeNames: AlternativeNames | undefined;
}

export interface AlternativeNames {
  readonly dns: readonly string[];
  readonly addresses: readonly Uint8Array[];
}

const text = new TextDecoder();

function readAlternativeNames(reader: DerReader): AlternativeNames {
  const dns: string[] = [];
  const addresses: Uint8Array[] = [];
  while (!reader.atEnd) {
    const { tag, content } = reader.next();
    if (tag === 0x82) dns.push(text.decode(content));
    if (tag === 0x87) addresses.push(content);
  }
  return { dns, addresses };
}

function readPurposes(reader: DerReader): readonly string[] {
  const purposes: string[] = [];
  while (!reader.atEnd) purposes.push(objectIdentifier(reader.expect(derTag.objectIdentifier).content));
  return purposes;
}

function readBasicConstraints(reader: DerReader): { isAuthority: boolean; pathLength: number | undefined } {
  const isAuthority = (reader.optional(derTag.boolean)?.content[0] ?? 0) !== 0;
  const limit = reader.optional(derTag.integer)?.content;
  reader.end();
  if (limit === undefined) return { isAuthority, pathLength: undefined };
  if (limit.length !== 1 || (limit[0] ?? 0) > 0x7f) throw new EmuError('EMU_E_DER_MALFORMED', 'a path length over 127');
  return { isAuthority, pathLength: limit[0] };
}

/** Reads the Extensions; an unknown one that is critical makes the certificate unusable (RFC 5280 4.2). */
export function readExtensions(list: DerReader | undefined): CertificateExtensions {
  let basic: { isAuthority: boolean; pathLength: number | undefined } = { isAuthority: false, pathLength: undefined };
  let usage: number | undefined;
  let extendedKeyUsage: readonly string[] | undefined;
  let alternativeNames: AlternativeNames | undefined;
  while (list && !list.atEnd) {
    const extension = list.enter(derTag.sequence);
    const id = objectIdentifier(extension.expect(derTag.objectIdentifier).content);
    const critical = (extension.optional(derTag.boolean)?.content[0] ?? 0) !== 0;
    const value = new DerReader(extension.expect(derTag.octetString).content);
    extension.end();
    if (id === '2.5.29.19') basic = readBasicConstraints(value.enter(derTag.sequence));
    else if (id === '2.5.29.15') usage = value.expect(derTag.bitString).content[1] ?? 0;
    else if (id === '2.5.29.37') extendedKeyUsage = readPurposes(value.enter(derTag.sequence));
    else if (id === '2.5.29.17') alternativeNames = readAlternativeNames(value.enter(derTag.sequence));
    else if (critical) throw new EmuError('EMU_E_DER_MALFORMED', `the critical extension ${id}, which is unknown`);
  }
  return { ...basic, keyUsage: usage, extendedKeyUsage, alternativeNames };
}
