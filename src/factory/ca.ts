import type { KeyObject } from 'node:crypto';
import type { Rng } from '../../emulator/rng/index.ts';
import {
  authorityKeyIdentifier,
  basicConstraints,
  distinguishedName,
  issueCertificate,
  keyUsage,
  subjectKeyIdentifier,
  subjectOf,
} from './certificate.ts';
import { issueDate, requireDeviceYears, requireSignerYears, yearsAfter } from './dates.ts';
import { makeKeyPair } from './keys.ts';

/** Names in a fleet's certificates, as a profile gives them. */
export interface CertificateNames {
  readonly organization: string;
  readonly rootCommonName: string;
  readonly signerCommonName: string;
}

/** A certificate on P-256. */
export interface CertifiedKey {
  /** The certificate, DER. */
  readonly der: Uint8Array;
  /** X||Y. */
  readonly publicKey: Uint8Array;
}

/** A certificate and the key to issue others under it. Survives a structured clone. */
export interface Issuer extends CertifiedKey {
  readonly privateKey: KeyObject;
}

/** What stands above the devices of a fleet: root, then signer. */
export interface Ca {
  /** Its public key is in every chip; its private key is unknown where the signer alone was brought. */
  readonly root: CertifiedKey & { readonly privateKey?: KeyObject };
  readonly signer: Issuer;
  /** What a broker has to trust, DER: the root, then what stands above it, to a certificate that signed itself. */
  readonly anchors: readonly [root: Uint8Array, ...above: Uint8Array[]];
  /** When the fleet's certificates are issued. */
  readonly issuedAt: Date;
  /** O in the names of the signer and the devices. */
  readonly organization: string;
  /** How long a device's certificate is valid; without it, it never expires. */
  readonly deviceYears?: number;
}

export interface CaOptions {
  readonly rng: Rng;
  readonly now: Date;
  readonly names: CertificateNames;
  /** How long the signer and the devices are valid; by default 10 years, and without end. */
  readonly years?: number;
}

export const ROOT_YEARS = 25;
const SIGNER_YEARS = 10;
/** digitalSignature, keyCertSign, cRLSign. */
const SIGNER_KEY_USAGE = 0x86;

/** A self-signed root for a fleet, and the signer under it. Keys and serial numbers flow from `rng`; signatures do not. */
export function createCa(options: CaOptions): Ca {
  const { rng, now, names, years = 0 } = options;
  const name = distinguishedName(names.organization, names.rootCommonName);
  const keys = makeKeyPair(rng.fork('pki', 'root', 'key'));
  const issuedAt = issueDate(now);
  const der = issueCertificate(
    {
      serialNumber: certificateSerial(rng.fork('pki', 'root', 'serial')),
      issuer: name,
      notBefore: issuedAt,
      notAfter: yearsAfter(issuedAt, Math.max(ROOT_YEARS, years)),
      subject: name,
      publicKey: keys.publicKey,
      extensions: [subjectKeyIdentifier(keys.publicKey), basicConstraints(true)],
    },
    keys.privateKey,
  );
  return caUnder({ ...keys, der }, [], options);
}

/** The fleet's signer, issued by `root`, above which stands `above`. */
export function caUnder(root: Issuer, above: readonly Uint8Array[], options: CaOptions): Ca {
  const { rng, now, names, years } = options;
  const issuedAt = issueDate(now);
  requireDeviceYears(years);
  requireSignerYears(issuedAt, years);
  const keys = makeKeyPair(rng.fork('pki', 'signer', 'key'));
  const der = issueCertificate(
    {
      serialNumber: certificateSerial(rng.fork('pki', 'signer', 'serial')),
      issuer: subjectOf(root.der),
      notBefore: issuedAt,
      notAfter: yearsAfter(issuedAt, years ?? SIGNER_YEARS),
      subject: distinguishedName(names.organization, names.signerCommonName),
      publicKey: keys.publicKey,
      extensions: [
        basicConstraints(true, 0),
        keyUsage(SIGNER_KEY_USAGE),
        subjectKeyIdentifier(keys.publicKey),
        authorityKeyIdentifier(root.publicKey),
      ],
    },
    root.privateKey,
  );
  return {
    root,
    signer: { ...keys, der },
    anchors: [root.der, ...above],
    issuedAt,
    organization: names.organization,
    ...(years !== undefined && { deviceYears: years }),
  };
}

/** 16 bytes that are a positive INTEGER of exactly that length: the first lies between 40 and 7F. */
export function certificateSerial(rng: Rng): Uint8Array {
  const serial = rng.bytes(16);
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}
