import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { EmuError } from '../errors.ts';
import { DerReader, derTag, objectIdentifier } from './der.ts';
import { type CertificateExtensions, readExtensions } from './x509-extensions.ts';
import { isSameName, type NameAttribute, readName } from './x509-name.ts';
import { readTime } from './x509-time.ts';

export type HashName = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512';
export type SignatureKind = 'ecdsa' | 'rsa';

export interface SignatureAlgorithm {
  readonly kind: SignatureKind;
  readonly hash: HashName;
}

/** A public key that verifies signatures; opaque outside the crypto folder. */
export interface PublicKey {
  readonly kind: SignatureKind | 'other';
  /** OpenSSL's name of the curve, for `ecdsa`. */
  readonly curve: string | undefined;
  /** Length of the modulus or of the field. */
  readonly bits: number;
  readonly handle: KeyObject;
}

/** An X.509 certificate (RFC 5280 4.1), as much of it as deciding to trust it takes. */
export interface Certificate {
  readonly der: Uint8Array;
  readonly signed: Uint8Array;
  readonly version: number;
  readonly issuer: readonly NameAttribute[];
  readonly subject: readonly NameAttribute[];
  /** Seconds since 1970, both inclusive. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly publicKey: PublicKey;
  /** Undefined for an algorithm not among RSASSA-PKCS1-v1_5 and ECDSA with SHA-1 or SHA-2. */
  readonly signatureAlgorithm: SignatureAlgorithm | undefined;
  readonly signature: Uint8Array;
  readonly extensions: CertificateExtensions;
}

/** RFC 3279 2.2, RFC 4055 5, RFC 5758 3.2. */
const signatureAlgorithms: ReadonlyMap<string, SignatureAlgorithm> = new Map([
  ['1.2.840.113549.1.1.5', { kind: 'rsa', hash: 'sha1' }],
  ['1.2.840.113549.1.1.14', { kind: 'rsa', hash: 'sha224' }],
  ['1.2.840.113549.1.1.11', { kind: 'rsa', hash: 'sha256' }],
  ['1.2.840.113549.1.1.12', { kind: 'rsa', hash: 'sha384' }],
  ['1.2.840.113549.1.1.13', { kind: 'rsa', hash: 'sha512' }],
  ['1.2.840.10045.4.1', { kind: 'ecdsa', hash: 'sha1' }],
  ['1.2.840.10045.4.3.1', { kind: 'ecdsa', hash: 'sha224' }],
  ['1.2.840.10045.4.3.2', { kind: 'ecdsa', hash: 'sha256' }],
  ['1.2.840.10045.4.3.3', { kind: 'ecdsa', hash: 'sha384' }],
  ['1.2.840.10045.4.3.4', { kind: 'ecdsa', hash: 'sha512' }],
]);

const curveBits: ReadonlyMap<string, number> = new Map([
  ['secp224r1', 224],
  ['prime256v1', 256],
  ['secp256k1', 256],
  ['secp384r1', 384],
  ['secp521r1', 521],
]);

function readPublicKey(info: Uint8Array): PublicKey {
  const handle = createPublicKey({ key: Buffer.from(info), format: 'der', type: 'spki' });
  const { modulusLength, namedCurve } = handle.asymmetricKeyDetails ?? {};
  if (handle.asymmetricKeyType === 'rsa') return { kind: 'rsa', curve: undefined, bits: modulusLength ?? 0, handle };
  if (handle.asymmetricKeyType === 'ec') {
    return { kind: 'ecdsa', curve: namedCurve, bits: curveBits.get(namedCurve ?? '') ?? 0, handle };
  }
  return { kind: 'other', curve: undefined, bits: 0, handle };
}

function bitString(content: Uint8Array): Uint8Array {
  if (content[0] !== 0) throw new EmuError('EMU_E_DER_MALFORMED', 'a bit string that does not end on a byte');
  return content.subarray(1);
}

function readCertificate(der: Uint8Array): Certificate {
  const file = new DerReader(der);
  const outer = file.enter(derTag.sequence);
  file.end();
  const signed = outer.expect(derTag.sequence);
  const outerAlgorithm = outer.expect(derTag.sequence);
  const signature = bitString(outer.expect(derTag.bitString).content);
  outer.end();

  const body = new DerReader(signed.content);
  const versionField = body.optional(0xa0);
  const version = versionField ? 1 + (new DerReader(versionField.content).expect(derTag.integer).content[0] ?? 0) : 1;
  if (version > 3) throw new EmuError('EMU_E_DER_MALFORMED', `X.509 version ${version}`);
  body.expect(derTag.integer);
  const innerAlgorithm = body.expect(derTag.sequence);
  // RFC 5280 4.1.1.2: both must be the same, or the algorithm itself would not be signed.
  if (Buffer.compare(innerAlgorithm.whole, outerAlgorithm.whole) !== 0) {
    throw new EmuError('EMU_E_DER_MALFORMED', 'two different signature algorithms');
  }
  const issuer = readName(body.enter(derTag.sequence));
  const validity = body.enter(derTag.sequence);
  const notBefore = readTime(validity.next());
  const notAfter = readTime(validity.next());
  const subject = readName(body.enter(derTag.sequence));
  const publicKey = readPublicKey(body.expect(derTag.sequence).whole);
  body.optional(0x81);
  body.optional(0x82);
  const extensionsField = body.optional(0xa3);
  body.end();

  const algorithm = objectIdentifier(new DerReader(innerAlgorithm.content).expect(derTag.objectIdentifier).content);
  return {
    der,
    signed: signed.whole,
    version,
    issuer,
    subject,
    notBefore,
    notAfter,
    publicKey,
    signatureAlgorithm: signatureAlgorithms.get(algorithm),
    signature,
    extensions: readExtensions(extensionsField && new DerReader(extensionsField.content).enter(derTag.sequence)),
  };
}

/** Reads a DER certificate. Throws EMU_E_CERTIFICATE_MALFORMED. */
export function parseCertificate(der: Uint8Array): Certificate {
  try {
    return readCertificate(der);
  } catch (cause) {
    const reason = cause instanceof EmuError ? cause.message : 'a public key that OpenSSL cannot read';
    throw new EmuError('EMU_E_CERTIFICATE_MALFORMED', `the certificate is malformed: ${reason}`, { cause });
  }
}

/** True when `signature` over `message` holds. `algorithm.kind` must be the key's. */
export function verifySignature(
  key: PublicKey,
  algorithm: SignatureAlgorithm,
  message: Uint8Array,
  signature: Uint8Array,
): boolean {
  return key.kind === algorithm.kind && verify(algorithm.hash, message, key.handle, signature);
}

/** True when `parent` is named as the issuer and its key made the signature. */
export function isIssuedBy(child: Certificate, parent: Certificate): boolean {
  return isSameName(child.issuer, parent.subject);
}

/** True when the signature on `child` was made with the key of `parent`. */
export function isSignedBy(child: Certificate, parent: Certificate): boolean {
  const { signatureAlgorithm, signed, signature } = child;
  return signatureAlgorithm !== undefined && verifySignature(parent.publicKey, signatureAlgorithm, signed, signature);
}
