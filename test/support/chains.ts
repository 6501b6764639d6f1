import { webcrypto } from 'node:crypto';
import {
  Boolean as Asn1Boolean,
  BitString,
  Integer,
  ObjectIdentifier,
  PrintableString,
  Sequence,
  Utf8String,
} from 'asn1js';
import { AltName, AttributeTypeAndValue, BasicConstraints, Certificate, Extension, GeneralName } from 'pkijs';
import type { Identity } from './certificates.ts';

/** What a certificate of a test chain says; everything else is as it should be. */
export interface CertificateDraft {
  readonly subject: string;
  /** Stands behind the common name. */
  readonly organization?: string;
  readonly issuer?: Issued;
  /** Signs in place of the issuer's key. */
  readonly signer?: Issued;
  readonly isAuthority?: boolean;
  readonly pathLength?: number;
  /** First byte of keyUsage. */
  readonly keyUsage?: number;
  readonly extendedKeyUsage?: readonly string[];
  readonly dnsNames?: readonly string[];
  readonly version?: 1 | 3;
  readonly curve?: 'P-256' | 'P-384';
  readonly hash?: 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly critical?: string;
  /** Writes the common name as UTF8String instead of PrintableString. */
  readonly utf8?: boolean;
  readonly rsaBits?: number;
}

export interface Issued {
  readonly der: Uint8Array;
  readonly name: Certificate['subject'];
  readonly keys: webcrypto.CryptoKeyPair;
}

function name(certificate: Certificate, draft: CertificateDraft): void {
  const StringType = draft.utf8 ? Utf8String : PrintableString;
  const add = (type: string, value: string) =>
    certificate.subject.typesAndValues.push(new AttributeTypeAndValue({ type, value: new StringType({ value }) }));
  add('2.5.4.3', draft.subject);
  if (draft.organization !== undefined) add('2.5.4.10', draft.organization);
}

function extensionsOf(draft: CertificateDraft): Extension[] {
  const list: Extension[] = [];
  const add = (extnID: string, value: { toBER(): ArrayBuffer }, critical = false) =>
    list.push(new Extension({ extnID, critical, extnValue: value.toBER() }));
  const { isAuthority, pathLength, keyUsage, extendedKeyUsage, dnsNames, critical } = draft;
  if (isAuthority) {
    const limit = pathLength === undefined ? {} : { pathLenConstraint: pathLength };
    add('2.5.29.19', new BasicConstraints({ cA: true, ...limit }).toSchema(), true);
  }
  if (keyUsage !== undefined) add('2.5.29.15', new BitString({ valueHex: Uint8Array.of(keyUsage).buffer }), true);
  if (extendedKeyUsage) {
    add('2.5.29.37', new Sequence({ value: extendedKeyUsage.map((value) => new ObjectIdentifier({ value })) }));
  }
  if (dnsNames) {
    const altNames = dnsNames.map((value) => new GeneralName({ type: 2, value }));
    add('2.5.29.17', new AltName({ altNames }).toSchema());
  }
  if (critical) add(critical, new Asn1Boolean({ value: true }), true);
  return list;
}

function generate({ curve = 'P-256', rsaBits }: CertificateDraft): Promise<webcrypto.CryptoKeyPair> {
  const algorithm =
    rsaBits === undefined
      ? { name: 'ECDSA', namedCurve: curve }
      : { name: 'RSASSA-PKCS1-v1_5', modulusLength: rsaBits, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' };
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

/** Issues one certificate; without an issuer it signs itself. */
export async function issue(draft: CertificateDraft): Promise<Issued> {
  const keys = await generate(draft);
  const certificate = new Certificate();
  certificate.version = (draft.version ?? 3) - 1;
  certificate.serialNumber = new Integer({ value: 1 });
  name(certificate, draft);
  certificate.issuer = draft.issuer?.name ?? certificate.subject;
  certificate.notBefore.value = new Date(draft.notBefore ?? '2020-01-01T00:00:00Z');
  certificate.notAfter.value = new Date(draft.notAfter ?? '2049-12-31T23:59:59Z');
  // RFC 5280 4.1.2.5: from 2050 on as GeneralizedTime.
  if (certificate.notAfter.value.getUTCFullYear() >= 2050) certificate.notAfter.type = 1;
  const extensions = extensionsOf(draft);
  if (extensions.length > 0) certificate.extensions = extensions;
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign((draft.signer ?? draft.issuer)?.keys.privateKey ?? keys.privateKey, draft.hash ?? 'SHA-256');
  return { der: new Uint8Array(certificate.toSchema(true).toBER()), name: certificate.subject, keys };
}

/** Certificate and key as files have them. */
export async function pemOf({ der, keys }: Issued): Promise<Identity> {
  const pem = (label: string, bytes: Uint8Array) =>
    `-----BEGIN ${label}-----\n${Buffer.from(bytes).toString('base64').replaceAll(/.{64}/g, '$&\n')}\n-----END ${label}-----\n`;
  const key = new Uint8Array(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey));
  return { certificate: pem('CERTIFICATE', der), key: pem('PRIVATE KEY', key) };
}
