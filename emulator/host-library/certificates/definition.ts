import { EmuError } from '../../errors.ts';
import { SnSource } from './compressed.ts';
import { GENERALIZED_TIME, readTime, UTC_TIME } from './dates.ts';
import { type DerValue, derChildren, derValue } from './der.ts';

/** Where bytes of a certificate are. */
export interface Element {
  readonly offset: number;
  readonly count: number;
}

/** What differs between two certificates of one template. Every element is content alone, but `tbs` and `signature` have their headers. */
export interface CertificateElements {
  readonly tbs: Element;
  readonly serialNumber: Element;
  readonly notBefore: Element;
  readonly notAfter: Element;
  /** X||Y. */
  readonly publicKey: Element;
  readonly subjectKeyId: Element;
  readonly authorityKeyId: Element;
  /** The subject's. */
  readonly commonName: Element;
  /** The last element: its count is the template's own. */
  readonly signature: Element;
}

/** What a firmware's binary knows about the certificates of a fleet: one is enough for any number of devices. */
export interface CertificateDefinition {
  readonly template: Uint8Array;
  readonly elements: CertificateElements;
  readonly templateId: number;
  readonly chainId: number;
  readonly snSource: number;
  /** 0 = the template's notAfter stands. */
  readonly expireYears: number;
}

export type CertificateKind = 'signer' | 'device';

const IDENTITY = {
  signer: { templateId: 1, chainId: 0, snSource: SnSource.STORED },
  device: { templateId: 2, chainId: 0, snSource: SnSource.PUB_KEY_HASH },
} as const;

/** id-at-commonName, id-ce-subjectKeyIdentifier and id-ce-authorityKeyIdentifier (RFC 5280 A). */
const COMMON_NAME = '2.5.4.3';
const SUBJECT_KEY_ID = '2.5.29.14';
const AUTHORITY_KEY_ID = '2.5.29.35';
/** SubjectPublicKeyInfo of an uncompressed P-256 point up to X (RFC 5480 2). */
const P256_PREFIX = '3059301306072a8648ce3d020106082a8648ce3d03010703420004';

function unfit(what: string, value: unknown): EmuError {
  return new EmuError('EMU_E_CERTIFICATE', `the certificate cannot serve as a template: ${what}`, {
    value,
    hint: 'Use an X.509 v3 certificate on P-256 with a 16-byte serial number, both key identifiers and a common name.',
  });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Right for OIDs below 2.5, which have one byte an arc; any other gives a text that no one asks for. */
function oidText(der: Uint8Array, value: DerValue): string {
  const [first = 0, ...rest] = der.subarray(value.content, value.end);
  return [Math.floor(first / 40), first % 40, ...rest].join('.');
}

function contentOf(value: DerValue): Element {
  return { offset: value.content, count: value.end - value.content };
}

/** The child at `index`, which has `tag`. */
function child(der: Uint8Array, parent: DerValue, index: number, tag: number, what: string): DerValue {
  const value = derChildren(der, parent)[index];
  if (value?.tag !== tag) throw unfit(`no ${what}`, value?.tag);
  return value;
}

function dateElement(der: Uint8Array, validity: DerValue, index: number): Element {
  const value = derChildren(der, validity)[index];
  const count = value?.tag === 0x17 ? UTC_TIME : value?.tag === 0x18 ? GENERALIZED_TIME : 0;
  if (value === undefined || count === 0 || value.end - value.content !== count) throw unfit('no validity', index);
  return { offset: value.content, count };
}

/** The value of the attribute or extension `oid`, which is its sequence's last child. */
function valueOfType(der: Uint8Array, sequences: readonly DerValue[], oid: string): DerValue {
  for (const sequence of sequences) {
    const [type, ...values] = derChildren(der, sequence);
    const value = values.at(-1);
    if (type !== undefined && value !== undefined && oidText(der, type) === oid) return value;
  }
  throw unfit(`no ${oid}`, oid);
}

/** Finds the elements in a certificate; one that a chip could not give back is an EmuError. */
function locateElements(der: Uint8Array): CertificateElements {
  const certificate = derValue(der, 0);
  if (certificate.content !== 4 || certificate.end !== der.length) throw unfit('its length', der.length);
  const tbs = child(der, certificate, 0, 0x30, 'tbsCertificate');
  const signature = child(der, certificate, 2, 0x03, 'signatureValue');
  child(der, tbs, 0, 0xa0, 'version');
  const serial = child(der, tbs, 1, 0x02, 'serialNumber');
  if (serial.end - serial.content !== 16)
    throw unfit('its serial number', hex(der.subarray(serial.content, serial.end)));
  const validity = child(der, tbs, 4, 0x30, 'validity');
  const subject = child(der, tbs, 5, 0x30, 'subject');
  const key = child(der, tbs, 6, 0x30, 'subjectPublicKeyInfo');
  const point = key.end - 64;
  if (hex(der.subarray(key.start, point)) !== P256_PREFIX) throw unfit('its public key is not on P-256', key.start);
  const extensions = derChildren(der, child(der, child(der, tbs, 7, 0xa3, 'extensions'), 0, 0x30, 'extensions'));
  const attributes = derChildren(der, subject).flatMap((set) => derChildren(der, set));
  const subjectKeyId = contentOf(
    child(der, valueOfType(der, extensions, SUBJECT_KEY_ID), 0, 0x04, 'subjectKeyIdentifier'),
  );
  const authority = child(der, valueOfType(der, extensions, AUTHORITY_KEY_ID), 0, 0x30, 'authorityKeyIdentifier');
  const authorityKeyId = contentOf(child(der, authority, 0, 0x80, 'keyIdentifier'));
  if (subjectKeyId.count !== 20 || authorityKeyId.count !== 20) throw unfit('its key identifiers', subjectKeyId.count);
  return {
    tbs: { offset: tbs.start, count: tbs.end - tbs.start },
    serialNumber: contentOf(serial),
    notBefore: dateElement(der, validity, 0),
    notAfter: dateElement(der, validity, 1),
    publicKey: { offset: point, count: 64 },
    subjectKeyId,
    authorityKeyId,
    commonName: contentOf(valueOfType(der, attributes, COMMON_NAME)),
    signature: { offset: signature.start, count: signature.end - signature.start },
  };
}

/** Whole years between the dates, 0 for more than the five bits of a compressed certificate hold. */
function expireYearsOf(der: Uint8Array, { notBefore, notAfter }: CertificateElements): number {
  const years =
    readTime(der, notAfter.offset, notAfter.count).year - readTime(der, notBefore.offset, notBefore.count).year;
  return years < 0 || years > 31 ? 0 : years;
}

/**
 * The definition that the firmware's build derives from an issued certificate: the certificate is the template, and
 * its places of change are found by parsing. Made once per fleet.
 */
export function definitionFrom(der: Uint8Array, kind: CertificateKind): CertificateDefinition {
  const elements = locateElements(der);
  const { notBefore, notAfter } = elements;
  if (kind === 'signer' && notBefore.count + notAfter.count !== 2 * UTC_TIME) {
    throw unfit('slot 14 holds the dates of a signer as UTCTime', notAfter.count);
  }
  return { template: der.slice(), elements, ...IDENTITY[kind], expireYears: expireYearsOf(der, elements) };
}
