import { nodeCrypto } from '../../emulator/crypto/index.ts';
import { type CertificateDefinition, definitionFrom, padPublicKey } from '../../emulator/host-library/index.ts';
import type { Rng } from '../../emulator/rng/index.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  type CertificateFields,
  distinguishedName,
  issueCertificate,
  keyUsage,
  serialNumberAltName,
  subjectKeyIdentifier,
} from './certificate.ts';
import { yearsAfter } from './dates.ts';
import { encodedDatesOf, type FilledTemplate, issueFromTemplate, type SignTbs } from './filled-template.ts';
import { type KeyPair, makeKeyPair } from './keys.ts';

/** Host libraries have these names compiled in: a certificate with others would not be the one that they rebuild. */
const ORGANIZATION = 'Microchip Technology Inc';
const ROOT = 'Crypto Authentication Root CA 002';
const SIGNER = 'Crypto Authentication Signer FFFF';
/** The four digits at the end of the signer's name. */
const SIGNER_ID = Uint8Array.of(0xff, 0xff);

/** One date for all of them, so that parts differ by their own bytes alone. */
const ISSUED = new Date('2020-01-01T00:00:00Z');
const YEARS = { root: 40, signer: 31, device: 28 } as const;

/** keyCertSign, cRLSign; the same with digitalSignature; digitalSignature, keyAgreement. */
const KEY_USAGE = { root: 0x06, signer: 0x86, device: 0x88 } as const;

const MAC_PREFIX = 'eui48_';
/** Any part's, to stand for others. */
const PLACEHOLDER = { commonName: 'sn0123xxxxxxxxxxxx01', macAddress: 'xxxxxxxxxxxx' } as const;

/** Who a part is: its common name and its SubjectAltName say so. */
export interface TrustAndGoIdentity {
  /** 9 bytes, SN[0:8]. */
  readonly serialNumber: Uint8Array;
  /** 12 upper-case hex digits, ASCII. */
  readonly macAddress: Uint8Array;
}

/**
 * What stands above Trust&GO parts here: a root and a signer of our own, whose certificates have the names and the layout
 * of Microchip's. Keys and signatures flow from `rng`: the same branch gives the same certificates.
 */
export class TrustAndGoCa {
  /** The root's certificate, DER. */
  readonly root: Uint8Array;
  /** The signer's certificate as a chip stores it. */
  readonly compressedSigner: Uint8Array;
  readonly #signer: KeyPair;
  readonly #device: CertificateDefinition;

  constructor(rng: Rng) {
    const root = makeKeyPair(rng.fork('root'));
    const signer = makeKeyPair(rng.fork('signer'));
    this.root = certificate(rootDefinition(root), root.publicKey, ROOT, root).der;
    this.compressedSigner = certificate(signerDefinition(signer, root), signer.publicKey, SIGNER, root).compressed;
    this.#signer = signer;
    this.#device = deviceDefinition(signer);
  }

  /** X||Y. */
  get signerPublicKey(): Uint8Array {
    return this.#signer.publicKey;
  }

  /** A part's certificate as the part stores it. `publicKey` is that of its slot 0, X||Y. */
  certify(publicKey: Uint8Array, { serialNumber, macAddress }: TrustAndGoIdentity): Uint8Array {
    const template = Buffer.from(this.#device.template);
    template.set(macAddress, template.indexOf(MAC_PREFIX) + MAC_PREFIX.length);
    const commonName = `sn${Buffer.from(serialNumber).toString('hex').toUpperCase()}`;
    return certificate({ ...this.#device, template }, publicKey, commonName, this.#signer).compressed;
  }
}

function certificate(
  definition: CertificateDefinition,
  publicKey64: Uint8Array,
  commonName: string,
  issuer: KeyPair,
): FilledTemplate {
  const filling = {
    publicKey64,
    authorityKey72: padPublicKey(issuer.publicKey),
    commonName: new TextEncoder().encode(commonName),
    encodedDates: encodedDatesOf(ISSUED, definition.expireYears),
    signerId: SIGNER_ID,
  };
  return issueFromTemplate(definition, filling, repeatably(issuer));
}

/** Signs with the nonce of RFC 6979, so that the root can be built into a host program before there is a part. */
function repeatably({ privateKey }: KeyPair): SignTbs {
  const scalar = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  return (tbs) => nodeCrypto.signDigest(scalar, nodeCrypto.sha256(tbs), new Uint8Array(32)) as Uint8Array;
}

function rootDefinition(root: KeyPair): CertificateDefinition {
  const fields = {
    ...common(ROOT, ROOT, root.publicKey, YEARS.root),
    extensions: [
      keyUsage(KEY_USAGE.root),
      basicConstraints(true),
      subjectKeyIdentifier(root.publicKey),
      authorityKeyIdentifier(root.publicKey),
    ],
  };
  return definitionFrom(issueCertificate(fields, root.privateKey), 'trustAndGoSigner');
}

function signerDefinition({ publicKey }: KeyPair, root: KeyPair): CertificateDefinition {
  const fields = {
    ...common(ROOT, SIGNER, publicKey, YEARS.signer),
    extensions: [
      keyUsage(KEY_USAGE.signer),
      basicConstraints(true, 0),
      subjectKeyIdentifier(publicKey),
      authorityKeyIdentifier(root.publicKey),
    ],
  };
  return definitionFrom(issueCertificate(fields, root.privateKey), 'trustAndGoSigner');
}

/** Of a certificate for no part, with the signer's key in the place of the part's. */
function deviceDefinition({ publicKey, privateKey }: KeyPair): CertificateDefinition {
  const fields = {
    ...common(SIGNER, PLACEHOLDER.commonName, publicKey, YEARS.device),
    extensions: [
      serialNumberAltName(`${MAC_PREFIX}${PLACEHOLDER.macAddress}`),
      basicConstraints(false),
      keyUsage(KEY_USAGE.device),
      subjectKeyIdentifier(publicKey),
      authorityKeyIdentifier(publicKey),
    ],
  };
  return definitionFrom(issueCertificate(fields, privateKey), 'trustAndGoDevice');
}

function common(
  issuer: string,
  subject: string,
  publicKey: Uint8Array,
  years: number,
): Omit<CertificateFields, 'extensions'> {
  return {
    serialNumber: new Uint8Array(16).fill(0x40),
    issuer: distinguishedName(ORGANIZATION, issuer),
    notBefore: ISSUED,
    notAfter: yearsAfter(ISSUED, years),
    generalizedNotAfter: true,
    subject: distinguishedName(ORGANIZATION, subject),
    publicKey,
  };
}
