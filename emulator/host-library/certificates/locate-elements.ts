import { type DerElement, DerReader, derTag, objectIdentifier } from '../../crypto/index.ts';
import { EmuError } from '../../errors.ts';
import { GENERALIZED_TIME, UTC_TIME } from './dates.ts';
import type { CertificateElements, Element } from './definition.ts';
import { publicKeyFromInfo } from './public-key.ts';

/** id-at-commonName, id-ce-subjectKeyIdentifier and id-ce-authorityKeyIdentifier (RFC 5280 A). */
const COMMON_NAME = '2.5.4.3';
const SUBJECT_KEY_ID = '2.5.29.14';
const AUTHORITY_KEY_ID = '2.5.29.35';
/** Context tags of tbsCertificate's version and extensions, and of an AuthorityKeyIdentifier's first field (RFC 5280 4.1, 4.2.1.1). */
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
const KEY_IDENTIFIER = 0x80;

/** A certificate that chips could not give back. */
export function unfit(what: string, value: unknown): EmuError {
  return new EmuError('EMU_E_CERTIFICATE', `the certificate cannot serve as a template: ${what}`, {
    value,
    hint: 'Use an X.509 v3 certificate on P-256 with a 16-byte serial number, both key identifiers and a common name.',
  });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The next element, which is `what` and has `tag`. */
function take(reader: DerReader, tag: number, what: string): DerElement {
  const element = reader.optional(tag);
  if (element === undefined) throw unfit(`no ${what}`, tag);
  return element;
}

function enter(reader: DerReader, tag: number, what: string): DerReader {
  return new DerReader(take(reader, tag, what).content);
}

function takeDate(validity: DerReader): Uint8Array {
  const { tag, content } = validity.next();
  const count = tag === derTag.utcTime ? UTC_TIME : tag === derTag.generalizedTime ? GENERALIZED_TIME : 0;
  if (count === 0 || content.length !== count) throw unfit('no validity', tag);
  return content;
}

/** The value of the attribute or extension `oid`, which is its sequence's last element. */
function valueOfType(sequences: readonly DerElement[], oid: string): Uint8Array {
  for (const sequence of sequences) {
    const [type, ...values] = new DerReader(sequence.content).rest();
    const value = values.at(-1);
    if (type && value && objectIdentifier(type.content) === oid) return value.content;
  }
  throw unfit(`no ${oid}`, oid);
}

/** The key identifiers of the subject and of its issuer. */
function keyIdentifiers(extensions: readonly DerElement[]): [subject: Uint8Array, authority: Uint8Array] {
  const ofSubject = new DerReader(valueOfType(extensions, SUBJECT_KEY_ID));
  const subject = take(ofSubject, derTag.octetString, 'subjectKeyIdentifier').content;
  const ofAuthority = new DerReader(valueOfType(extensions, AUTHORITY_KEY_ID));
  const fields = enter(ofAuthority, derTag.sequence, 'authorityKeyIdentifier');
  const authority = take(fields, KEY_IDENTIFIER, 'keyIdentifier').content;
  if (subject.length !== 20 || authority.length !== 20) throw unfit('its key identifiers', subject.length);
  return [subject, authority];
}

/** Finds the elements of one certificate in DER. @throws EmuError EMU_E_DER_MALFORMED, EMU_E_CERTIFICATE */
export function locateElements(der: Uint8Array): CertificateElements {
  const file = new DerReader(der);
  const certificate = file.next();
  // The length in the header is rewritten with the signature's, in two bytes.
  if (!file.atEnd || certificate.content.length !== der.length - 4) throw unfit('its length', der.length);
  const outer = new DerReader(certificate.content);
  const tbs = take(outer, derTag.sequence, 'tbsCertificate');
  outer.next(); // signatureAlgorithm
  const signature = take(outer, derTag.bitString, 'signatureValue');

  const body = new DerReader(tbs.content);
  take(body, VERSION, 'version');
  const serialNumber = take(body, derTag.integer, 'serialNumber').content;
  if (serialNumber.length !== 16) throw unfit('its serial number', hex(serialNumber));
  body.next(); // signature
  body.next(); // issuer
  const validity = enter(body, derTag.sequence, 'validity');
  const [notBefore, notAfter] = [takeDate(validity), takeDate(validity)];
  const subject = enter(body, derTag.sequence, 'subject').rest();
  const attributes = subject.flatMap(({ content }) => new DerReader(content).rest());
  const key = take(body, derTag.sequence, 'subjectPublicKeyInfo').whole;
  const publicKey = publicKeyFromInfo(key);
  if (publicKey === undefined) throw unfit('its public key is not on P-256', hex(key));
  const extensions = enter(enter(body, EXTENSIONS, 'extensions'), derTag.sequence, 'extensions').rest();
  const [subjectKeyId, authorityKeyId] = keyIdentifiers(extensions);

  const placeOf = (part: Uint8Array): Element => ({ offset: part.byteOffset - der.byteOffset, count: part.length });
  return {
    tbs: placeOf(tbs.whole),
    serialNumber: placeOf(serialNumber),
    notBefore: placeOf(notBefore),
    notAfter: placeOf(notAfter),
    publicKey: placeOf(publicKey),
    subjectKeyId: placeOf(subjectKeyId),
    authorityKeyId: placeOf(authorityKeyId),
    commonName: placeOf(valueOfType(attributes, COMMON_NAME)),
    signature: placeOf(signature.whole),
  };
}
