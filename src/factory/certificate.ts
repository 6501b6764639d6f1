import { type KeyObject, sign } from 'node:crypto';
import {
  Set as AsnSet,
  BitString,
  Constructed,
  Integer,
  Null,
  ObjectIdentifier,
  OctetString,
  PrintableString,
  Sequence,
  Utf8String,
} from 'asn1js';
import {
  AlgorithmIdentifier,
  AuthorityKeyIdentifier,
  BasicConstraints,
  Certificate,
  Extension,
  PublicKeyInfo,
  RelativeDistinguishedNames,
  Time,
} from 'pkijs';
import { keyIdentifier } from './keys.ts';

export interface CertificateFields {
  /** 16 bytes, the first between 40 and 7F. */
  readonly serialNumber: Uint8Array;
  readonly issuer: RelativeDistinguishedNames;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** GeneralizedTime in any year, as Trust&GO parts have it; by default from 2050 on. */
  readonly generalizedNotAfter?: true;
  readonly subject: RelativeDistinguishedNames;
  /** X||Y on P-256. */
  readonly publicKey: Uint8Array;
  readonly extensions: readonly Extension[];
}

const OID = {
  organization: '2.5.4.10',
  commonName: '2.5.4.3',
  serialNumber: '2.5.4.5',
  ecPublicKey: '1.2.840.10045.2.1',
  prime256v1: '1.2.840.10045.3.1.7',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKeyIdentifier: '2.5.29.35',
} as const;

/** How a CA signs, by the kind of its key: RFC 5758 3.2 and RFC 4055 5. */
const SIGNATURES: Readonly<Record<string, { readonly oid: string; readonly hash: string; readonly withNull?: true }>> =
  {
    prime256v1: { oid: '1.2.840.10045.4.3.2', hash: 'sha256' },
    secp384r1: { oid: '1.2.840.10045.4.3.3', hash: 'sha384' },
    secp521r1: { oid: '1.2.840.10045.4.3.4', hash: 'sha512' },
    rsa: { oid: '1.2.840.113549.1.1.11', hash: 'sha256', withNull: true },
  };

/** The curve of an elliptic key, the kind of another: `prime256v1`, `rsa`. */
export function kindOfKey({ asymmetricKeyDetails, asymmetricKeyType }: KeyObject): string {
  return asymmetricKeyDetails?.namedCurve ?? asymmetricKeyType ?? '';
}

/** Whether certificates can be issued under a key of this kind. */
export function canIssue(kind: string): boolean {
  return Object.hasOwn(SIGNATURES, kind);
}

/** An X.509 v3 certificate in DER, signed by `issuerKey` in the way of its kind. */
export function issueCertificate(fields: CertificateFields, issuerKey: KeyObject): Uint8Array {
  const { oid, hash, withNull } = SIGNATURES[kindOfKey(issuerKey)] as (typeof SIGNATURES)[string];
  const algorithm = () =>
    new AlgorithmIdentifier({ algorithmId: oid, ...(withNull && { algorithmParams: new Null() }) });
  const certificate = new Certificate({
    version: 2,
    serialNumber: new Integer({ valueHex: buffer(fields.serialNumber) }),
    signature: algorithm(),
    signatureAlgorithm: algorithm(),
    issuer: fields.issuer,
    notBefore: time(fields.notBefore),
    notAfter: time(fields.notAfter, fields.generalizedNotAfter),
    subject: fields.subject,
    subjectPublicKeyInfo: new PublicKeyInfo({
      algorithm: new AlgorithmIdentifier({
        algorithmId: OID.ecPublicKey,
        algorithmParams: new ObjectIdentifier({ value: OID.prime256v1 }),
      }),
      subjectPublicKey: new BitString({ valueHex: buffer(Uint8Array.of(0x04, ...fields.publicKey)) }),
    }),
    extensions: [...fields.extensions],
  });
  certificate.tbsView = new Uint8Array(certificate.encodeTBS().toBER());
  certificate.signatureValue = new BitString({ valueHex: buffer(sign(hash, certificate.tbsView, issuerKey)) });
  return new Uint8Array(certificate.toSchema().toBER());
}

/** O where there is one, then CN, UTF8String. From DER: pkijs would put the attributes it is given into one multi-valued RDN. */
export function distinguishedName(organization: string | undefined, commonName: string): RelativeDistinguishedNames {
  const rdn = (type: string, value: string) =>
    new AsnSet({
      value: [new Sequence({ value: [new ObjectIdentifier({ value: type }), new Utf8String({ value })] })],
    });
  const above = organization === undefined ? [] : [rdn(OID.organization, organization)];
  const name = new Sequence({ value: [...above, rdn(OID.commonName, commonName)] });
  return RelativeDistinguishedNames.fromBER(name.toBER());
}

export function basicConstraints(cA: boolean, pathLength?: number): Extension {
  const value = new BasicConstraints(pathLength === undefined ? { cA } : { cA, pathLenConstraint: pathLength });
  return extension(OID.basicConstraints, true, value.toSchema().toBER());
}

/** `bits` as a KeyUsage BIT STRING holds them, digitalSignature being 80 (RFC 5280 4.2.1.3). */
export function keyUsage(bits: number): Extension {
  const unusedBits = 31 - Math.clz32(bits & -bits);
  return extension(OID.keyUsage, true, new BitString({ valueHex: buffer(Uint8Array.of(bits)), unusedBits }).toBER());
}

export function subjectKeyIdentifier(publicKey: Uint8Array): Extension {
  const value = new OctetString({ valueHex: buffer(keyIdentifier(publicKey)) });
  return extension(OID.subjectKeyIdentifier, false, value.toBER());
}

export function authorityKeyIdentifier(issuerPublicKey: Uint8Array): Extension {
  return authorityNamedBy(keyIdentifier(issuerPublicKey));
}

/** An AuthorityKeyIdentifier where the issuer's identifier is not, or need not be, SHA-1 of a P-256 key. */
export function authorityNamedBy(identifier: Uint8Array): Extension {
  const value = new AuthorityKeyIdentifier({ keyIdentifier: new OctetString({ valueHex: buffer(identifier) }) });
  return extension(OID.authorityKeyIdentifier, false, value.toSchema().toBER());
}

export function extension(extnID: string, critical: boolean, extnValue: ArrayBuffer): Extension {
  return new Extension({ extnID, critical, extnValue });
}

/** A SubjectAltName of one directoryName, whose only attribute is a serialNumber (RFC 5280 4.2.1.6). */
export function serialNumberAltName(serialNumber: string): Extension {
  const attribute = new Sequence({
    value: [new ObjectIdentifier({ value: OID.serialNumber }), new PrintableString({ value: serialNumber })],
  });
  const name = new Sequence({ value: [new AsnSet({ value: [attribute] })] });
  const directoryName = new Constructed({ idBlock: { tagClass: 3, tagNumber: 4 }, value: [name] });
  return extension(OID.subjectAltName, false, new Sequence({ value: [directoryName] }).toBER());
}

/** The subject of a certificate, to stand as the issuer of another byte for byte. */
export function subjectOf(der: Uint8Array): RelativeDistinguishedNames {
  return Certificate.fromBER(der).subject;
}

/** UTCTime through 2049, GeneralizedTime from 2050 on (RFC 5280 4.1.2.5). */
function time(value: Date, generalized = value.getUTCFullYear() >= 2050): Time {
  return new Time({ type: generalized ? 1 : 0, value });
}

function buffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
