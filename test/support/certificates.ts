import { randomBytes, webcrypto } from 'node:crypto';
import { BitString, Integer, OctetString, PrintableString } from 'asn1js';
import {
  AttributeTypeAndValue,
  BasicConstraints,
  Certificate,
  Extension,
  GeneralName,
  GeneralNames,
  type RelativeDistinguishedNames,
} from 'pkijs';

export type KeyType = 'P-256' | 'RSA-2048';

/** A certificate and its private key (PKCS #8), as PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** Whom a certificate names; a server's names go into subjectAltName. */
export interface Subject {
  readonly commonName: string;
  readonly dnsNames?: readonly string[];
  /** IPv4, dotted. */
  readonly addresses?: readonly string[];
  readonly keyType?: KeyType;
  /** A year from now unless told. */
  readonly notAfter?: Date;
}

export interface Ca extends Identity {
  issue(subject: Subject): Promise<Identity>;
}

/** OIDs of X.520 and RFC 5280 4.2.1. */
const COMMON_NAME = '2.5.4.3';
const KEY_USAGE = '2.5.29.15';
const SUBJECT_ALT_NAME = '2.5.29.17';
const BASIC_CONSTRAINTS = '2.5.29.19';

/** GeneralName choices of RFC 5280 4.2.1.6. */
const DNS_NAME = 2;
const IP_ADDRESS = 7;

const DAY_MS = 86_400_000;

const algorithms = {
  'P-256': { name: 'ECDSA', namedCurve: 'P-256' },
  'RSA-2048': {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: 'SHA-256',
  },
} as const;

/** A self-signed root that issues certificates for servers and clients; made without the code under test. */
export async function createCa(subject: Subject): Promise<Ca> {
  const keys = await generate(subject.keyType);
  const root = draft(subject, [
    // keyCertSign and cRLSign are bits 5 and 6 (RFC 5280 4.2.1.3).
    extension(KEY_USAGE, true, new BitString({ valueHex: new Uint8Array([0x06]).buffer, unusedBits: 1 })),
    extension(BASIC_CONSTRAINTS, true, new BasicConstraints({ cA: true }).toSchema()),
  ]);
  const authority = await finish(root, root.subject, keys, keys.privateKey);
  return {
    ...authority,
    async issue(leaf) {
      const leafKeys = await generate(leaf.keyType);
      return finish(draft(leaf, alternativeNames(leaf)), root.subject, leafKeys, keys.privateKey);
    },
  };
}

function generate(type: KeyType = 'P-256'): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithms[type], true, ['sign', 'verify']) as Promise<webcrypto.CryptoKeyPair>;
}

function draft({ commonName, notAfter }: Subject, extensions: Extension[]): Certificate {
  const certificate = new Certificate();
  certificate.version = 2;
  // The top bits 01 keep the number positive and at full length.
  const serial = randomBytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  certificate.serialNumber = new Integer({ valueHex: new Uint8Array(serial).buffer });
  certificate.subject.typesAndValues.push(
    new AttributeTypeAndValue({ type: COMMON_NAME, value: new PrintableString({ value: commonName }) }),
  );
  certificate.notAfter.value = notAfter ?? new Date(Date.now() + 365 * DAY_MS);
  certificate.notBefore.value = new Date(Math.min(Date.now(), certificate.notAfter.value.getTime()) - DAY_MS);
  if (extensions.length > 0) certificate.extensions = extensions;
  return certificate;
}

async function finish(
  certificate: Certificate,
  issuer: RelativeDistinguishedNames,
  keys: webcrypto.CryptoKeyPair,
  signer: webcrypto.CryptoKey,
): Promise<Identity> {
  certificate.issuer = issuer;
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign(signer, 'SHA-256');
  return {
    certificate: pem('CERTIFICATE', certificate.toSchema(true).toBER()),
    key: pem('PRIVATE KEY', await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)),
  };
}

function alternativeNames({ dnsNames = [], addresses = [] }: Subject): Extension[] {
  const names = [
    ...dnsNames.map((value) => new GeneralName({ type: DNS_NAME, value })),
    ...addresses.map((address) => {
      const octets = new Uint8Array(address.split('.').map(Number));
      return new GeneralName({ type: IP_ADDRESS, value: new OctetString({ valueHex: octets.buffer }) });
    }),
  ];
  return names.length === 0 ? [] : [extension(SUBJECT_ALT_NAME, false, new GeneralNames({ names }).toSchema())];
}

function extension(extnID: string, critical: boolean, value: { toBER(): ArrayBuffer }): Extension {
  return new Extension({ extnID, critical, extnValue: value.toBER() });
}

function pem(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
